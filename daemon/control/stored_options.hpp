#pragma once

#include <string>

#include "model/options.hpp"
#include "model/request.hpp"

namespace haul::control {

/// Options as a column of the journal holds them: without what must not be seen.
std::string store_options(const model::Options& options);
/// What does not belong into the scope is left out.
model::Options load_options(const std::string& stored, model::OptionScope scope = model::OptionScope::Task);

/// Those options of a task that have no column or table of their own.
model::Options without_columns(model::Options options);

/// Takes what nobody else may see out of the options: headers and the URLs of parts go, those of proxy and
/// mirrors stay redacted. What `secrets` has already and the options say nothing about stays as it is.
void take_secrets(model::Options& options, model::Secrets& secrets);
/// Puts it back.
model::Options with_secrets(model::Options options, const model::Secrets& secrets);

/// How many URLs a task may be fetched from.
std::uint32_t count_sources(const model::Options& options);
/// The URL to ask next. Whole only with its secrets.
std::string source_url(const model::Task& task, const model::Options& options);

/// What the client set is for the origin of the task's own URL; a mirror elsewhere gets it only where
/// redirects would.
void keep_from_strangers(const std::string& own, const std::string& asked, model::Options& options,
                         model::Secrets& secrets);

}  // namespace haul::control
