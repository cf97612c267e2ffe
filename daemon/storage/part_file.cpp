#include "storage/part_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace haul::storage {

namespace {

constexpr Bytes kWorthGathering =
    4 * 1024 * 1024;  // of one attempt: smaller files come and go too fast for it

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
    part.written_ = static_cast<Bytes>(info.st_size);
    part.inode_ = info.st_ino;
    if (place.trust == model::PartTrust::Synced && part.written_ > place.synced) {
        if (::ftruncate(part.fd_.get(), static_cast<off_t>(place.synced)) != 0)
            return tl::make_unexpected(to_trouble(errno, "shorten", place.path));
        part.written_ = place.synced;
    }
    part.opened_size_ = part.written_;
    return part;
}

Outcome<> PartFile::append(std::string_view bytes) {
    if (!gather_ && !is_gathering_refused_ && written_ - opened_size_ >= kWorthGathering) begin_gathering();
    if (!gather_) return write_at(written_, bytes);
    while (!bytes.empty()) {
        bytes = gather_->take(bytes);
        if (!gather_->is_full()) break;
        if (auto done = write_block(); !done) return done;
    }
    return {};
}

void PartFile::begin_gathering() {
    auto same_file = "/proc/self/fd/" + std::to_string(fd_.get());
    direct_.reset(::open(same_file.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC));
    if (direct_) gather_.emplace(written_);
    is_gathering_refused_ = !gather_ || !gather_->is_usable();
    if (is_gathering_refused_) gather_.reset();
}

/// Writes the full block, past the page cache where that works, and begins the next one.
Outcome<> PartFile::write_block() {
    auto block = gather_->bytes();
    auto offset = gather_->offset();
    if (direct_ && offset % Gather::kAlignment == 0) {
        auto count = ::pwrite(direct_.get(), block.data(), block.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINVAL) direct_.reset();
        if (count > 0) {
            block.remove_prefix(static_cast<std::size_t>(count));
            offset += static_cast<Bytes>(count);
            written_ = std::max(written_, offset);
        }
    }
    if (auto done = write_at(offset, block); !done) return done;
    gather_->advance();
    return {};
}

Outcome<> PartFile::flush() {
    if (!gather_ || gather_->end() <= written_) return {};
    return write_at(written_, gather_->bytes().substr(written_ - gather_->offset()));
}

/// Writes all of it through the page cache.
Outcome<> PartFile::write_at(Bytes offset, std::string_view bytes) {
    while (!bytes.empty()) {
        auto count = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return tl::make_unexpected(to_trouble(errno, "write", path_));
        bytes.remove_prefix(static_cast<std::size_t>(count));
        offset += static_cast<Bytes>(count);
        written_ = std::max(written_, offset);
    }
    return {};
}

Outcome<> PartFile::clear() {
    if (::ftruncate(fd_.get(), 0) != 0) return tl::make_unexpected(to_trouble(errno, "empty", path_));
    gather_.reset();
    opened_size_ = 0;
    written_ = 0;
    return {};
}

UniqueFd PartFile::duplicate() const {
    return UniqueFd{::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 3)};
}

}  // namespace haul::storage
