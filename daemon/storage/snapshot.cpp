#include "storage/snapshot.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/unique_fd.hpp"

namespace haul::storage {

bool may_reflink(const std::string& path, const std::string& directory) {
    constexpr std::array<unsigned long, 4> kKinds{BTRFS_SUPER_MAGIC, XFS_SUPER_MAGIC, OCFS2_SUPER_MAGIC,
                                                  0xca451a4eUL};  // bcachefs
    struct stat file {};
    struct stat spool {};
    struct statfs system {};
    if (::stat(path.c_str(), &file) != 0 || ::stat(directory.c_str(), &spool) != 0) return false;
    if (::statfs(directory.c_str(), &system) != 0) return false;
    // Each subvolume of btrfs has a device number of its own.
    bool is_one = file.st_dev == spool.st_dev || system.f_type == BTRFS_SUPER_MAGIC;
    auto kind = static_cast<unsigned long>(system.f_type);
    return is_one && std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

int sync_directory_of(const std::string& path) {
    auto name = path.substr(0, path.rfind('/') + 1);
    UniqueFd directory{::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return directory && ::fsync(directory.get()) == 0 ? 0 : errno;
}

}  // namespace haul::storage
