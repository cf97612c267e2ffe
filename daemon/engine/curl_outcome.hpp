#pragma once

#include <curl/curl.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "model/fact.hpp"

namespace haul::engine {

/// What a request's end means for the task, where libcurl itself ended it.
struct CurlOutcome {
    model::fact::Ending ending{};
    model::Reason reason{};
};
/// `text` is libcurl's own message, `os_error` the errno of a connection that failed (CURLINFO_OS_ERRNO).
CurlOutcome to_outcome(CURLcode code, std::string_view text, long os_error);

/// An HTTP date (RFC 9110, 5.6.7), where it is one.
std::optional<WallTime> http_date(const std::string& value);

/// Seconds from Last-Modified to Date, where both can be read.
std::optional<std::chrono::seconds> modified_before_date(const std::string& last_modified,
                                                         const std::string& date);

/// The delay of a Retry-After, in seconds or as a date (RFC 9110, 10.2.3); no value where it is neither.
std::optional<Duration> retry_after(const std::string& value, const std::string& date);

}  // namespace haul::engine
