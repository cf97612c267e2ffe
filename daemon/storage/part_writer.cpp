#include "storage/part_writer.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace haul::storage {
namespace {

constexpr Bytes kWorthGathering = 4 * 1024 * 1024;  // smaller files come and go too fast for it

}  // namespace

Outcome<> PartWriter::append(std::string_view bytes) {
    if (!gather_ && !is_gathering_refused_ && written_ - begin_ >= kWorthGathering) begin_gathering();
    if (!gather_) return write_at(written_, bytes);
    while (!bytes.empty()) {
        bytes = gather_->take(bytes);
        if (!gather_->is_full()) break;
        if (auto done = write_block(); !done) return done;
    }
    return {};
}

void PartWriter::begin_gathering() {
    if (part_->direct_fd() >= 0) gather_.emplace(written_);
    is_gathering_refused_ = !gather_ || !gather_->is_usable();
    if (is_gathering_refused_) gather_.reset();
}

/// Writes the full block, past the page cache where that works, and begins the next one.
Outcome<> PartWriter::write_block() {
    auto block = gather_->bytes();
    auto offset = gather_->offset();
    if (part_->direct_fd() >= 0 && offset % Gather::kAlignment == 0) {
        auto count = ::pwrite(part_->direct_fd(), block.data(), block.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINVAL) part_->refuse_direct();
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

Outcome<> PartWriter::flush() {
    if (!gather_ || gather_->end() <= written_) return {};
    return write_at(written_, gather_->bytes().substr(written_ - gather_->offset()));
}

/// Writes all of it through the page cache.
Outcome<> PartWriter::write_at(Bytes offset, std::string_view bytes) {
    while (!bytes.empty()) {
        auto count = ::pwrite(part_->fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return tl::make_unexpected(to_trouble(errno, "write", part_->path()));
        bytes.remove_prefix(static_cast<std::size_t>(count));
        offset += static_cast<Bytes>(count);
        written_ = std::max(written_, offset);
    }
    return {};
}

}  // namespace haul::storage
