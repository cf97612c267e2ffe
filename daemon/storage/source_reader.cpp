#include "storage/source_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "storage/source.hpp"

namespace haul::storage {
namespace {

using model::Reason;
using model::fact::Ending;

tl::unexpected<Trouble> changed(const model::SourceFile& source, const std::string& how) {
    return tl::make_unexpected(
        Trouble{Ending::Final, "the file " + source.path + " " + how, Reason::Changed});
}

tl::unexpected<Trouble> unreadable(const model::SourceFile& source, int error_number) {
    auto text = "can't read " + source.path + ": " + errno_text(error_number);
    switch (error_number) {
        case ENOENT:
        case ENOTDIR:
            if (source.is_spooled) break;  // nobody puts it back
            return tl::make_unexpected(Trouble{Ending::SourceMissing, std::move(text), Reason::Source});
        case EMFILE:
        case ENFILE:
        case ENOMEM:
        case EAGAIN:  // another process has a lease on it (fcntl(2), F_SETLEASE)
            return tl::make_unexpected(Trouble{Ending::Retry, std::move(text), Reason::Source});
        case ESTALE:
            return changed(source, "was replaced or deleted on its server");
        default:
            break;
    }
    return tl::make_unexpected(Trouble{Ending::Final, std::move(text), Reason::Source});
}

}  // namespace

Outcome<SourceReader> SourceReader::open(const model::SourceFile& source) {
    auto opened = open_source(source.path);
    if (!opened && opened.error().error_number != 0) return unreadable(source, opened.error().error_number);
    if (!opened)
        return tl::make_unexpected(Trouble{
            Ending::Final, source.path + " " + kind_of(opened.error().info) + " now", Reason::Source});
    SourceReader reader;
    reader.source_ = source;
    reader.fd_ = std::move(opened->fd);
    if (auto same = reader.compare(opened->info); !same) return tl::make_unexpected(std::move(same.error()));
    ::posix_fadvise(reader.fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    return reader;
}

Outcome<std::size_t> SourceReader::read(Bytes at, char* to, std::size_t size) const {
    auto wanted = static_cast<std::size_t>(std::min<Bytes>(size, at < this->size() ? this->size() - at : 0));
    std::size_t done = 0;
    while (done < wanted) {
        auto count = ::pread(fd_.get(), to + done, wanted - done, static_cast<off_t>(at + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return unreadable(source_, errno);
        if (count == 0) return changed(source_, "was changed: it is shorter than it was");
        done += static_cast<std::size_t>(count);
    }
    return done;
}

Outcome<> SourceReader::check() const {
    struct stat opened {};
    struct stat named {};
    if (::fstat(fd_.get(), &opened) != 0) return unreadable(source_, errno);
    if (::stat(source_.path.c_str(), &named) != 0) {
        if (errno != ENOENT && errno != ENOTDIR) return unreadable(source_, errno);
        return changed(source_, opened.st_nlink == 0 ? "was deleted" : "was moved away");
    }
    if (named.st_dev != opened.st_dev || named.st_ino != opened.st_ino)
        return changed(source_, "was replaced by another file");
    return compare(opened);
}

/// Copies in the spool are the daemon's own, and discarding or moving the spool may touch their times.
Outcome<> SourceReader::compare(const struct stat& found) const {
    auto identity = identity_of(found);
    const auto& wanted = source_.identity;
    bool is_same = source_.is_spooled ? wanted.size == identity.size && wanted.inode == identity.inode
                                      : same_file(wanted, identity);
    if (is_same) return {};
    return changed(source_, what_changed(wanted, identity));
}

}  // namespace haul::storage
