#pragma once

#include <map>
#include <string>

#include "ports/space.hpp"

namespace haul::fakes {

/// Disks of which only what is wanted is known.
class FakeSpace final : public ports::Space {
public:
    std::map<std::string, Bytes> wanted;  ///< by directory

    void watch(const std::string& directory, Bytes bytes) override { wanted[directory] = bytes; }
    void forget(const std::string& directory) override { wanted.erase(directory); }
};

}  // namespace haul::fakes
