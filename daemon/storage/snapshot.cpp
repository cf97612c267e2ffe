#include "storage/snapshot.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/unique_fd.hpp"
#include "storage/source.hpp"
#include "storage/source_reader.hpp"

namespace haul::storage {

tl::expected<model::SourceFile, int> clone_file(int from, const std::string& to) {
    UniqueFd target{::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!target) return tl::make_unexpected(errno);
    struct stat info {};
    bool is_done = ::ioctl(target.get(), FICLONE, from) == 0 && ::fsync(target.get()) == 0 &&
                   sync_directory_of(to) == 0 && ::fstat(target.get(), &info) == 0;
    if (is_done) return model::SourceFile{to, identity_of(info), true};
    int trouble = errno;
    ::unlink(to.c_str());
    return tl::make_unexpected(trouble);
}

std::optional<model::SourceFile> Cloner::clone(const model::SourceFile& source, const std::string& to) {
    if (unable_.contains(source.identity.device)) return std::nullopt;
    auto opened = SourceReader::open(source);
    if (!opened) return std::nullopt;
    auto made = clone_file(opened->fd(), to);
    if (made) return std::move(*made);
    if (made.error() == EOPNOTSUPP || made.error() == EXDEV) unable_.insert(source.identity.device);
    return std::nullopt;
}

int sync_directory_of(const std::string& path) {
    auto name = path.substr(0, path.rfind('/') + 1);
    UniqueFd directory{::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return directory && ::fsync(directory.get()) == 0 ? 0 : errno;
}

}  // namespace haul::storage
