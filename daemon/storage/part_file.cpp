#include "storage/part_file.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>

namespace haul::storage {
namespace {

/// What the journal and the file's size say together.
model::Coverage counted(const model::PartPlace& place, Bytes size) {
    switch (place.trust) {
        case model::PartTrust::Size:
            return model::Coverage{size};
        case model::PartTrust::Synced:
        case model::PartTrust::Covered: {
            auto coverage = place.trust == model::PartTrust::Synced ? place.synced : place.done;
            coverage.cut(size);
            return coverage;
        }
    }
    return {};
}

}  // namespace

Outcome<PartFile> PartFile::open(const model::PartPlace& place) {
    PartFile part;
    part.path_ = place.path;
    // Others may write the directory too: neither a link nor a pipe of theirs must be taken for a part file.
    part.fd_.reset(
        ::open(place.path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
    if (!part.fd_) return tl::make_unexpected(to_trouble(errno, "open", place.path));
    struct stat info {};
    if (::fstat(part.fd_.get(), &info) != 0)
        return tl::make_unexpected(to_trouble(errno, "look at", place.path));
    if (!S_ISREG(info.st_mode) || info.st_nlink != 1 || info.st_uid != ::geteuid())
        return tl::make_unexpected(
            Trouble{model::fact::Ending::Final, place.path + " is no file of this daemon's"});
    part.inode_ = info.st_ino;
    auto size = static_cast<Bytes>(info.st_size);
    part.coverage_ = counted(place, size);
    if (part.coverage_.end() < size &&
        ::ftruncate(part.fd_.get(), static_cast<off_t>(part.coverage_.end())) != 0)
        return tl::make_unexpected(to_trouble(errno, "shorten", place.path));
    return part;
}

Outcome<> PartFile::clear() {
    if (::ftruncate(fd_.get(), 0) != 0) return tl::make_unexpected(to_trouble(errno, "empty", path_));
    coverage_ = {};
    return {};
}

Outcome<> PartFile::check_room(Bytes more) const {
    struct statfs system {};
    if (::fstatfs(fd_.get(), &system) != 0 || system.f_blocks == 0) return {};  // it can't tell
    auto room = static_cast<Bytes>(system.f_bavail) * static_cast<Bytes>(system.f_bsize);
    if (more <= room) return {};
    return tl::make_unexpected(Trouble{model::fact::Ending::DiskFull,
                                       "no room for " + std::to_string(more) + " bytes of " + path_ +
                                           ": its file system has " + std::to_string(room) + " left"});
}

Outcome<> PartFile::reserve(Bytes size) const {
    struct statfs system {};
    bool costs_memory = ::fstatfs(fd_.get(), &system) == 0 && system.f_type == TMPFS_MAGIC;
    if (costs_memory) return {};
    if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size)) == 0) return {};
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
        return tl::make_unexpected(
            to_trouble(errno, "reserve " + std::to_string(size) + " bytes for", path_));
    return {};  // not every file system can
}

int PartFile::direct_fd() {
    if (!direct_ && !is_direct_refused_) {
        auto same_file = "/proc/self/fd/" + std::to_string(fd_.get());
        direct_.reset(::open(same_file.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC));
        is_direct_refused_ = !direct_;
    }
    return direct_.get();
}

void PartFile::refuse_direct() {
    direct_.reset();
    is_direct_refused_ = true;
}

UniqueFd PartFile::duplicate() const {
    return UniqueFd{::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 3)};
}

}  // namespace haul::storage
