#pragma once

#include <optional>
#include <string_view>

#include "base/digest.hpp"

namespace haul::model {

/// The strongest digest that we know of a Repr-Digest or Content-Digest (RFC 9530, 2 and 3): sha-512 before
/// sha-256, other algorithms are passed over. No value where there is none, where the field is no dictionary
/// of RFC 8941, or where the value of a known algorithm is no digest of its size.
std::optional<Digest> parse_digest_field(std::string_view value);

}  // namespace haul::model
