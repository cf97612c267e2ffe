#pragma once

#include <optional>

#include "model/request.hpp"

namespace haul::control {

/// Whether the options of an upload fit each other. Errors: InvalidArgument.
Result<> check_upload(const model::Options& options);

/// Whether the options name one thing to send, and only one. Errors: InvalidArgument.
Result<> check_source(const model::Options& options);

/// Puts what makes an upload of it into a new task. Without a source it is a draft.
void fill_upload(const model::Options& options, const std::optional<model::SourceFile>& source,
                 model::Task& task);

/// Whether the parts that have URLs are as many as the file has, where that is found. Errors:
/// InvalidArgument.
Result<> check_parts(const model::Options& options, const model::SourceFile& source);

/// Whether the server may be asked again for what it may have done already (RFC 9110, 9.2.2): because of the
/// method, since the client says so, or since the request has a key that tells the server.
bool may_repeat(const model::Options& options, const model::Headers& headers);

/// The upload as its protocol sees it. `options` have their secrets.
model::UploadPlan upload_plan(const model::Task& task, const model::Options& options,
                              const model::Headers& headers);

/// The method that is in force.
std::string upload_method(const model::Options& options);

}  // namespace haul::control
