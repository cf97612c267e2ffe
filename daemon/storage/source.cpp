#include "storage/source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/descriptor.hpp"
#include "model/limits.hpp"
#include "model/text.hpp"

namespace haul::storage {
namespace {

std::int64_t to_ns(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string advice_for(int error_number) {
    switch (error_number) {
        case ENOENT:
        case ENOTDIR:
            return "; make it first, or correct the path";
        case EACCES:
        case EPERM:
            return "; let the daemon's user read it, or pass a descriptor of it";
        default:
            return "";
    }
}

tl::unexpected<Error> refuse(const std::string& shown, const SourceRefusal& refusal) {
    if (refusal.error_number == 0)
        return fail(ErrorCode::SourceUnreadable, shown + " " + kind_of(refusal.info) +
                                                     ": only regular files can be sent; copy what it gives "
                                                     "to one");
    return fail(ErrorCode::SourceUnreadable, shown + " can't be read: " + errno_text(refusal.error_number) +
                                                 advice_for(refusal.error_number));
}

/// Files that the kernel makes up while they are read, as in /proc, tell no size.
Result<> check_size(int fd, const struct stat& info, const std::string& shown) {
    char first = 0;
    if (info.st_size != 0 || ::pread(fd, &first, 1, 0) <= 0) return {};
    return fail(ErrorCode::SourceUnreadable,
                shown + " has bytes but tells no size, as files of /proc do: copy it to a regular file");
}

}  // namespace

model::FileIdentity identity_of(const struct stat& info) {
    return {.device = info.st_dev,
            .inode = info.st_ino,
            .size = static_cast<Bytes>(info.st_size),
            .modified_ns = to_ns(info.st_mtim),
            .changed_ns = to_ns(info.st_ctim)};
}

bool same_file(const model::FileIdentity& wanted, const model::FileIdentity& found) {
    auto comparable = found;
    if (wanted.device == 0) comparable.device = 0;
    return wanted == comparable;
}

std::string what_changed(const model::FileIdentity& wanted, const model::FileIdentity& found) {
    bool is_elsewhere = wanted.device != 0 && wanted.device != found.device;
    if (is_elsewhere || wanted.inode != found.inode) return "was replaced by another file";
    if (wanted.size != found.size)
        return "was changed: it had " + std::to_string(wanted.size) + " bytes and has " +
               std::to_string(found.size) + " now";
    if (wanted.modified_ns != found.modified_ns) return "was changed: it was written to";
    return "was changed: its attributes or names are others";
}

std::string kind_of(const struct stat& info) {
    switch (info.st_mode & S_IFMT) {
        case S_IFREG:
            return "is a regular file";
        case S_IFDIR:
            return "is a directory";
        case S_IFIFO:
            return "is a pipe (FIFO)";
        case S_IFSOCK:
            return "is a socket";
        case S_IFCHR:
        case S_IFBLK:
            return "is a device";
        default:
            return "is no regular file";
    }
}

tl::expected<OpenSource, SourceRefusal> open_source(const std::string& path) {
    OpenSource source;
    // Opening a device may do things already: what it is has to be known before.
    UniqueFd place{::open(path.c_str(), O_PATH | O_CLOEXEC)};
    if (!place || ::fstat(place.get(), &source.info) != 0)
        return tl::make_unexpected(SourceRefusal{.error_number = errno});
    if (!S_ISREG(source.info.st_mode)) return tl::make_unexpected(SourceRefusal{.info = source.info});
    auto same_file = "/proc/self/fd/" + std::to_string(place.get());
    source.fd.reset(::open(same_file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!source.fd || ::fstat(source.fd.get(), &source.info) != 0)
        return tl::make_unexpected(SourceRefusal{.error_number = errno});
    return source;
}

Result<model::SourceFile> look_at_source(const std::string& path) {
    auto shown = "file \"" + model::shorten(path, 256) + "\"";
    if (!path.starts_with('/'))
        return fail(ErrorCode::InvalidArgument, shown + " is not an absolute path: write it from / on");
    if (path.size() > model::kMaxPath || path.find('\0') != path.npos)
        return fail(ErrorCode::InvalidArgument, shown + " is too long for a path, or has a NUL in it");
    auto source = open_source(path);
    if (!source) return refuse(shown, source.error());
    if (auto sized = check_size(source->fd.get(), source->info, shown); !sized)
        return tl::make_unexpected(sized.error());
    return model::SourceFile{path, identity_of(source->info)};
}

Result<model::SourceFile> look_at_source(int fd) {
    const std::string shown = "the file of the descriptor";
    struct stat info {};
    if (::fstat(fd, &info) != 0) return refuse(shown, {.error_number = errno});
    if (!S_ISREG(info.st_mode)) return refuse(shown, {.info = info});
    if (!is_readable(fd))
        return fail(ErrorCode::SourceUnreadable,
                    shown + " is opened for writing only, or for its path only: open it with O_RDONLY");
    if (auto sized = check_size(fd, info, shown); !sized) return tl::make_unexpected(sized.error());
    auto path = path_of(fd);
    if (!path.empty() && ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) path.clear();
    return model::SourceFile{path, identity_of(info)};
}

}  // namespace haul::storage
