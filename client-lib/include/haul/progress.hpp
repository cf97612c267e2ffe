#pragma once

#include <optional>

#include "haul/export.hpp"
#include "haul/types.hpp"

namespace haul {

/// How far a transfer is.
struct HAUL_API Progress {
    Bytes done;
    std::optional<Bytes> total;  ///< absent while unknown

    /// 0 to 1; nothing while the total is unknown.
    std::optional<double> fraction() const {
        if (!total) return std::nullopt;
        return *total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(*total);
    }
};

}  // namespace haul
