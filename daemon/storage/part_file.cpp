#include "storage/part_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace haul::storage {

Outcome<PartFile> PartFile::open(const model::PartPlace& place) {
    PartFile part;
    part.path_ = place.path;
    part.fd_.reset(::open(place.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!part.fd_) return tl::make_unexpected(to_trouble(errno, "open", place.path));
    struct stat info {};
    if (::fstat(part.fd_.get(), &info) != 0) return tl::make_unexpected(to_trouble(errno, "look at", place.path));
    part.size_ = static_cast<Bytes>(info.st_size);
    part.inode_ = info.st_ino;
    if (place.trust == model::PartTrust::Synced && part.size_ > place.synced) {
        if (::ftruncate(part.fd_.get(), static_cast<off_t>(place.synced)) != 0)
            return tl::make_unexpected(to_trouble(errno, "shorten", place.path));
        part.size_ = place.synced;
    }
    return part;
}

Outcome<> PartFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        auto written = ::write(fd_.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return tl::make_unexpected(to_trouble(errno, "write", path_));
        bytes.remove_prefix(static_cast<std::size_t>(written));
        size_ += static_cast<Bytes>(written);
    }
    return {};
}

Outcome<> PartFile::clear() {
    if (::ftruncate(fd_.get(), 0) != 0) return tl::make_unexpected(to_trouble(errno, "empty", path_));
    size_ = 0;
    return {};
}

UniqueFd PartFile::duplicate() const { return UniqueFd{::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 3)}; }

}  // namespace haul::storage
