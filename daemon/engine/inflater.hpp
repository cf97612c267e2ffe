#pragma once

#include <zlib.h>

#include <functional>
#include <string_view>

namespace haul::engine {

/// Undoes the coding gzip of a body while it arrives (RFC 9110, 8.4.1.3; RFC 1952). libcurl can do that too,
/// but does not tell when the coding breaks off in its middle.
class Inflater {
public:
    Inflater();
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Takes coded bytes and hands out plain ones, piece by piece. False where the coding is broken, or where
    /// the sink says so.
    using Sink = std::function<bool(std::string_view)>;
    bool take(std::string_view coded, const Sink& sink);
    /// Whether the coding was undone to its end, with its check.
    bool is_whole() const { return is_whole_; }
    bool is_broken() const { return is_broken_; }

private:
    z_stream stream_{};
    bool is_whole_ = false;
    bool is_broken_ = false;
};

}  // namespace haul::engine
