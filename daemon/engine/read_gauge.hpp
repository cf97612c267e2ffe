#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "engine/curl_buffers.hpp"

namespace haul::engine {

/// Follows how far the socket fills libcurl's receive buffer, and gives back the pages that it no longer
/// fills.
class ReadGauge {
public:
    /// libcurl hands out what it has read at once in pieces that follow each other in its buffer.
    void follow(std::string_view piece) {
        bool goes_on = piece.data() == start_ + size_;
        if (!goes_on) start_ = piece.data();
        size_ = goes_on ? size_ + piece.size() : piece.size();
        largest_ = std::max(largest_, size_);
    }

    /// To be called from time to time, between two reads.
    void shrink_buffer() {
        if (largest_ < touched_) shrink(Buffer::Receive, start_, std::max(largest_, kSmallest));
        touched_ = largest_;
        largest_ = 0;
    }

private:
    static constexpr std::size_t kSmallest = 16 * 1024;

    const char* start_ = nullptr;  ///< where the last read's bytes begin
    std::size_t size_ = 0;         ///< and how many there have been so far
    std::size_t largest_ = 0;      ///< since the last call of shrink_buffer
    std::size_t touched_ = 0;      ///< likewise, before it
};

}  // namespace haul::engine
