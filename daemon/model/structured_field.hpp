#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace haul::model {

/// The members of a structured dictionary (RFC 8941, 3.2) by their keys: the bytes of those that are byte
/// sequences, no value for those of another kind. Parameters are looked at and left out; of two members with
/// the same key the last one counts. No value where it is no such dictionary (4.2.2).
using ByteSequences = std::map<std::string, std::optional<std::string>, std::less<>>;
std::optional<ByteSequences> parse_byte_sequences(std::string_view field);

}  // namespace haul::model
