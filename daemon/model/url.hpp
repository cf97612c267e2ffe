#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace haul::model {

/// An absolute http or https URL, or ws or wss one, looked at but not normalised (RFC 3986, RFC 9110 4.2, RFC
/// 6455 3).
struct Url {
    std::string scheme;     ///< lower case
    std::string user_info;  ///< without the @; a secret
    std::string host;       ///< lower case; an IPv6 address keeps its brackets
    std::string port;       ///< the scheme's own where none was given
    std::string path;       ///< with the leading slash
    std::string query;      ///< without the ?; a secret
    bool has_query = false;

    /// scheme://host:port, the origin of RFC 6454.
    std::string origin() const { return scheme + "://" + host + ":" + port; }
    bool has_secrets() const { return !user_info.empty() || has_query; }
};

/// Takes a URL apart. Refuses what Haul can't fetch: other schemes, no host, a bad port, control characters,
/// blanks, more than kMaxUrl bytes. The error says which, without the URL's secrets.
Result<Url> parse_url(std::string_view text);
/// Likewise, a ws or wss URL, which has no fragment.
Result<Url> parse_socket_url(std::string_view text);

/// The http or https URL whose server a ws or wss URL names (RFC 6455, 4.1); any other as it is.
std::string to_http(std::string_view url);
/// The ws or wss URL of an http or https one.
std::string to_ws(std::string_view url);

/// The URL with this user info, unless it has one of its own.
std::string with_user_info(std::string_view url, std::string_view user_info);

/// The URL without user info.
std::string without_user_info(std::string_view url);

/// The URL without user info, query and fragment, for logs, lists and events.
std::string redact(std::string_view url);

}  // namespace haul::model
