#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/units.hpp"

namespace haul::storage {

/// One block of a file, gathered from small pieces: in memory that direct I/O accepts (open(2), O_DIRECT).
class Gather {
public:
    static constexpr Bytes kBlock = 512 * 1024;  // measured: larger ones save little more CPU
    static constexpr Bytes kAlignment = 4096;    // of the file's offset, the memory and the length

    /// The first block begins at this offset, and is shorter where that is not a multiple of kAlignment.
    explicit Gather(Bytes offset)
        : offset_(offset),
          capacity_(kBlock - offset % kAlignment),
          memory_(static_cast<char*>(std::aligned_alloc(kAlignment, kBlock))) {}

    bool is_usable() const { return memory_ != nullptr; }
    Bytes offset() const { return offset_; }
    Bytes end() const { return offset_ + filled_; }
    bool is_full() const { return filled_ == capacity_; }
    std::string_view bytes() const { return {memory_.get(), filled_}; }

    /// Takes what fits; the rest.
    std::string_view take(std::string_view bytes) {
        auto fits = std::min<std::size_t>(bytes.size(), capacity_ - filled_);
        std::memcpy(memory_.get() + filled_, bytes.data(), fits);
        filled_ += fits;
        return bytes.substr(fits);
    }

    /// Begins the next block.
    void advance() {
        offset_ += filled_;
        filled_ = 0;
        capacity_ = kBlock;
    }

private:
    struct Free {
        void operator()(char* memory) const { std::free(memory); }
    };
    Bytes offset_;
    Bytes capacity_;
    Bytes filled_ = 0;
    std::unique_ptr<char, Free> memory_;
};

}  // namespace haul::storage
