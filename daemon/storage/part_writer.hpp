#pragma once

#include <optional>
#include <string_view>

#include "storage/gather.hpp"
#include "storage/part_file.hpp"

namespace haul::storage {

/// Writes bytes that follow each other into a part file.
///
/// Few bytes are written as they come. From some megabytes on they are gathered into blocks that are written
/// past the page cache, where the file system can do that: it halves the CPU time per byte. `flush` hands
/// over what is gathered; a process that is killed loses the bytes since the last block or flush.
class PartWriter {
public:
    /// The part file must outlive it, also where it is moved.
    PartWriter(PartFile& part, Bytes offset) : part_(&part), begin_(offset), written_(offset) {}

    Outcome<> append(std::string_view bytes);
    /// Brings all appended bytes into the file.
    Outcome<> flush();

    Bytes begin() const { return begin_; }
    /// Behind the last appended byte.
    Bytes end() const { return gather_ ? gather_->end() : written_; }
    /// Behind the last one that is in the file.
    Bytes written() const { return written_; }

private:
    Outcome<> write_at(Bytes offset, std::string_view bytes);
    void begin_gathering();
    Outcome<> write_block();

    PartFile* part_;
    std::optional<Gather> gather_;
    bool is_gathering_refused_ = false;
    Bytes begin_;
    Bytes written_;
};

}  // namespace haul::storage
