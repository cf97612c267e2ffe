#include "engine/inflater.hpp"

#include <array>

namespace haul::engine {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;  // inflateInit2(), "add 16 to decode only the gzip format"

}  // namespace

Inflater::Inflater() {
    is_broken_ = inflateInit2(&stream_, kGzipOnly) != Z_OK;
}

bool Inflater::take(std::string_view coded, const Sink& sink) {
    std::array<char, 64 * 1024> plain{};
    // zlib's type has no const, but it does not write there.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
    stream_.avail_in = static_cast<uInt>(coded.size());
    bool has_more_output = true;
    while (!is_broken_ && (stream_.avail_in > 0 || has_more_output)) {
        if (is_whole_) {  // a file may have several members, one behind the other
            is_broken_ = stream_.avail_in > 0 && inflateReset(&stream_) != Z_OK;
            if (stream_.avail_in == 0) return true;
            is_whole_ = false;
        }
        stream_.next_out = reinterpret_cast<Bytef*>(plain.data());
        stream_.avail_out = static_cast<uInt>(plain.size());
        auto result = inflate(&stream_, Z_NO_FLUSH);
        is_whole_ = result == Z_STREAM_END;
        is_broken_ = result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR;
        auto size = plain.size() - stream_.avail_out;
        has_more_output = stream_.avail_out == 0;
        if (size > 0 && !sink({plain.data(), size})) return false;
    }
    return !is_broken_;
}

}  // namespace haul::engine
