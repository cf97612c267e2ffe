#pragma once

#include <string_view>

#include "fuzz/target.hpp"
#include "model/file_name.hpp"
#include "model/text.hpp"
#include "model/utf8.hpp"

namespace haul::fuzz {

/// What file_name.hpp promises of every name.
inline void require_safe(std::string_view name) {
    require(!name.empty(), "a safe name is not empty");
    require(name.size() <= model::kMaxFileName, "a safe name has at most 200 bytes");
    require(model::is_utf8(name), "a safe name is UTF-8");
    require(!model::has_control_character(name), "a safe name has no control characters");
    require(name.find_first_of("/\\") == name.npos, "a safe name has no separator");
    require(name.front() != '.' && name.front() != ' ', "a safe name is not hidden and starts with no blank");
    require(name.back() != '.' && name.back() != ' ', "a safe name ends with neither a dot nor a blank");
    for (const auto* mark :
         {"\u200b", "\u200e", "\u200f", "\u202a", "\u202e", "\u2060", "\u2066", "\u2069", "\ufeff"})
        require(name.find(mark) == name.npos, "a safe name has nothing that can't be seen");
    require(model::safe_file_name(name) == name, "a safe name stays as it is");
}

}  // namespace haul::fuzz
