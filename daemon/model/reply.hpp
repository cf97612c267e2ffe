#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/header.hpp"

namespace haul::model {

inline constexpr std::size_t kMaxReplyBody = 1024 * 1024;      ///< bytes of an answer's body that are kept
inline constexpr std::size_t kMaxReplyFieldBytes = 16 * 1024;  ///< names and values of its fields together

/// What a server answered to an upload, as far as it is kept.
struct Reply {
    std::uint16_t status = 0;
    Headers fields;  ///< the first ones that fit; without cookies
    std::string body;
    bool is_truncated = false;  ///< whether the body had more bytes
};

}  // namespace haul::model
