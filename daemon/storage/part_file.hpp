#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "base/unique_fd.hpp"
#include "base/units.hpp"
#include "model/request.hpp"
#include "storage/trouble.hpp"

namespace haul::storage {

template <class T = void>
using Outcome = tl::expected<T, Trouble>;

/// The bytes of a download while they arrive, in the destination's own directory, so that publishing is a rename.
/// One attempt writes it, on the engine's thread.
class PartFile {
public:
    /// Opens it, or makes an empty one. Where the journal does not trust its size, it is cut to its synced bytes.
    static Outcome<PartFile> open(const model::PartPlace& place);

    Outcome<> append(std::string_view bytes);
    /// Gives up all bytes.
    Outcome<> clear();

    Bytes size() const { return size_; }
    std::uint64_t inode() const { return inode_; }
    const std::string& path() const { return path_; }
    /// A descriptor of its own, for the storeroom to sync.
    UniqueFd duplicate() const;

private:
    UniqueFd fd_;
    std::string path_;
    Bytes size_ = 0;
    std::uint64_t inode_ = 0;
};

}  // namespace haul::storage
