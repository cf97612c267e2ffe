#pragma once

#include <memory>
#include <string>

#include "base/unique_fd.hpp"
#include "base/units.hpp"
#include "model/coverage.hpp"
#include "model/request.hpp"
#include "storage/trouble.hpp"

namespace haul::storage {

/// The file that holds a download while it arrives, in the destination's own directory, so that publishing is
/// a rename. One attempt has it open, on the engine's thread; PartWriters write it.
class PartFile {
public:
    /// Opens it, or makes an empty one, and cuts off what does not count.
    static Outcome<PartFile> open(const model::PartPlace& place);

    /// The bytes that counted when it was opened.
    const model::Coverage& coverage() const { return coverage_; }
    /// Gives up all bytes.
    Outcome<> clear();
    /// Whether the file system has room for so many more bytes; DiskFull where it has not.
    Outcome<> check_room(Bytes more) const;
    /// Sets room aside for a file of this size, where the file system can do that cheaply. The file's size
    /// stays as it is.
    Outcome<> reserve(Bytes size) const;

    int fd() const { return fd_.get(); }
    /// The same file past the page cache; -1 where that does not work.
    int direct_fd();
    void refuse_direct();
    std::uint64_t inode() const { return inode_; }
    const std::string& path() const { return path_; }
    /// A descriptor of its own, for the storeroom to sync.
    UniqueFd duplicate() const;

private:
    UniqueFd fd_;
    UniqueFd direct_;
    bool is_direct_refused_ = false;
    std::string path_;
    model::Coverage coverage_;
    std::uint64_t inode_ = 0;
};

}  // namespace haul::storage
