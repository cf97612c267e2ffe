#pragma once

#include <string>

#include "base/units.hpp"

namespace haul::ports {

/// Room on disks, for tasks that ran out of it.
class Space {
public:
    virtual ~Space() = default;

    /// Tells, once, when the file system of this directory has so much room; nothing where it has it already,
    /// and it could not be used. Takes the place of what was wanted there before.
    virtual void watch(const std::string& directory, Bytes wanted) = 0;
    virtual void forget(const std::string& directory) = 0;
};

}  // namespace haul::ports
