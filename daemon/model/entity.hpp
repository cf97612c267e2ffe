#pragma once

#include <optional>
#include <string>

#include "base/units.hpp"
#include "model/task.hpp"

namespace haul::model {

/// What the head of a response said of the entity whose bytes follow it.
struct Entity {
    Validator validator;  ///< by which its bytes can be continued
    std::optional<Bytes> total;
    std::uint16_t status = 0;
    std::string digest;                ///< its Repr-Digest, as "sha-256=HEX"; "" = none that we know
    std::string filename;              ///< its name, made safe; "" where the task has one already
    std::string final_url;             ///< redacted, where redirects led somewhere else
    std::optional<WallTime> modified;  ///< Last-Modified
};

}  // namespace haul::model
