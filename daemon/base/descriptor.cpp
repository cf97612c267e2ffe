#include "base/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>

namespace haul {

bool is_readable(int fd) {
    int flags = ::fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_WRONLY;
}

std::string path_of(int fd) {
    std::array<char, PATH_MAX> path{};
    auto link = "/proc/self/fd/" + std::to_string(fd);
    auto size = ::readlink(link.c_str(), path.data(), path.size());
    if (size <= 0 || static_cast<std::size_t>(size) == path.size()) return "";
    std::string name{path.data(), static_cast<std::size_t>(size)};
    struct stat opened {};
    struct stat named {};
    bool is_same = name.starts_with('/') && ::fstat(fd, &opened) == 0 && ::stat(name.c_str(), &named) == 0 &&
                   named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
    return is_same ? name : "";
}

UniqueFd duplicate(int fd) {
    return UniqueFd{::fcntl(fd, F_DUPFD_CLOEXEC, 3)};
}

}  // namespace haul
