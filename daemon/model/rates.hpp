#pragma once

#include <map>
#include <optional>

#include "base/ids.hpp"
#include "base/units.hpp"

namespace haul::model {

/// What transfers may move together, in bytes a second. What downloads receive and uploads send of files
/// counts alike.
struct Rates {
    std::optional<Bytes> machine{};         ///< all of them; no value: there is no limit
    std::map<SessionId, Bytes> sessions{};  ///< those of a session, where it has a limit
};

}  // namespace haul::model
