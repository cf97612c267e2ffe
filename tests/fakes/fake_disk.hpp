#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/units.hpp"

namespace haul::fakes {

/// Files as far as the ports care: their names, identities and sizes.
struct FakeDisk {
    struct File {
        std::uint64_t inode = 0;
        Bytes size = 0;
        std::string content{};  ///< where it matters; else as many b's as its size says
    };
    std::map<std::string, File> files;
    std::uint64_t last_inode = 0;

    /// The file of this name, made empty where there is none.
    File& open(const std::string& path) {
        auto [file, is_new] = files.insert({path, {}});
        if (is_new) file->second.inode = ++last_inode;
        return file->second;
    }
    bool has(const std::string& path) const { return files.contains(path); }
};

}  // namespace haul::fakes
