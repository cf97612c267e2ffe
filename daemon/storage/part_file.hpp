#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "base/unique_fd.hpp"
#include "base/units.hpp"
#include "model/request.hpp"
#include "storage/gather.hpp"
#include "storage/trouble.hpp"

namespace haul::storage {

template <class T = void>
using Outcome = tl::expected<T, Trouble>;

/// The bytes of a download while they arrive, in the destination's own directory, so that publishing is a
/// rename. One attempt writes it, on the engine's thread.
///
/// Small files are written as they come. From some megabytes on the bytes are gathered into blocks that are
/// written past the page cache, where the file system can do that: it halves the CPU time per byte. `flush`
/// hands over what is gathered; a process that is killed loses the bytes since the last block or flush, and
/// the file's size says so.
class PartFile {
public:
    /// Opens it, or makes an empty one. Where the journal does not trust its size, it is cut to its synced
    /// bytes.
    static Outcome<PartFile> open(const model::PartPlace& place);

    Outcome<> append(std::string_view bytes);
    /// Brings all appended bytes into the file.
    Outcome<> flush();
    /// Gives up all bytes.
    Outcome<> clear();

    /// All appended bytes.
    Bytes size() const { return gather_ ? gather_->end() : written_; }
    /// Those that are in the file.
    Bytes written() const { return written_; }
    std::uint64_t inode() const { return inode_; }
    const std::string& path() const { return path_; }
    /// A descriptor of its own, for the storeroom to sync.
    UniqueFd duplicate() const;

private:
    Outcome<> write_at(Bytes offset, std::string_view bytes);
    void begin_gathering();
    Outcome<> write_block();

    UniqueFd fd_;
    UniqueFd direct_;  ///< the same file past the page cache; none where that does not work
    std::optional<Gather> gather_;
    bool is_gathering_refused_ = false;
    std::string path_;
    Bytes opened_size_ = 0;  ///< where this attempt began
    Bytes written_ = 0;
    std::uint64_t inode_ = 0;
};

}  // namespace haul::storage
