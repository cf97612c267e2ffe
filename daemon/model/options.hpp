#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/units.hpp"
#include "model/field.hpp"
#include "model/header.hpp"
#include "model/task.hpp"

namespace haul::model {

enum class RedirectPolicy : std::uint8_t {
    Follow,      ///< to any http or https origin, but never from https to http
    SameOrigin,  ///< only within the origin
    Deny,        ///< a redirect fails the task
};

/// Where an option is given. A session's options are defaults for its tasks.
enum class OptionScope : std::uint8_t { Session, Task };

/// The options of a session or a task; what is not set is for the configuration to say.
struct Options {
    // session and task
    std::optional<std::string> description;
    std::optional<Headers> headers;
    std::optional<Duration> request_timeout;
    std::optional<Duration> resource_timeout;
    std::optional<double> priority;
    std::optional<RedirectPolicy> redirects;
    std::optional<Duration> retry_delay;
    std::optional<Duration> retry_delay_max;
    std::optional<std::uint32_t> retries;
    std::optional<std::string> ca_file;
    // task
    std::optional<std::string> token;
    std::optional<bool> start;
    std::optional<std::string> destination;
    std::optional<IfExists> if_exists;
    std::optional<std::uint32_t> mode;
    std::optional<WallTime> not_before;
    std::optional<Bytes> max_size;
    std::optional<Bytes> expected_size;
};

/// Sets one option. Errors name the key: InvalidArgument for an unknown key, a wrong type or a bad value,
/// NotSupported for a key of the contract that this version does not know yet.
Result<> set_option(Options& options, OptionScope scope, std::string_view key, const Value& value);

/// Sets one option from text, as SetOption gives it.
Result<> set_option_from_text(Options& options, OptionScope scope, std::string_view key,
                              std::string_view text);

/// Sets all of them over what is there (a session's defaults, say).
Result<Options> read_options(const Fields& fields, OptionScope scope, Options defaults = {});

/// The options that are set, in the contract's types. Header values are secrets: Headers are left out.
Fields to_fields(const Options& options);

}  // namespace haul::model
