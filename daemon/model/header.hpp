#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace haul::model {

struct Header {
    std::string name;
    std::string value;
};
using Headers = std::vector<Header>;

/// Whether two field names are the same one (RFC 9110, 5.1: in any case).
bool same_name(std::string_view a, std::string_view b);

/// Whether it is a token (RFC 9110, 5.6.2).
bool is_token(std::string_view text);

/// Whether a client may set this request header: a token as name, a value without control characters, and not
/// one that Haul sets itself (Range, If-Range, Host, Content-Length, Transfer-Encoding, Connection,
/// Accept-Encoding, Sec-WebSocket-Key...).
Result<> check_header(std::string_view name, std::string_view value);

/// Whether it is a condition that downloads make for themselves (If-Match, If-Unmodified-Since), and that an
/// upload may have of its client (RFC 9110, 13.1).
bool is_condition(std::string_view name);

/// Whether all of them fit within kMaxHeaders and kMaxHeaderBytes.
Result<> check_headers(const Headers& headers);

}  // namespace haul::model
