#include "websocket/deflate.hpp"

#include <algorithm>
#include <array>
#include <new>

namespace haul::websocket {
namespace {

/// What ends each message, and is left out of its payload (RFC 7692, 7.2.1).
constexpr std::string_view kTail{"\x00\x00\xff\xff", 4};
constexpr int kMemoryLevel = 8;
constexpr std::size_t kInflated = 16 * 1024;

/// zlib takes its input as writable, and leaves it alone.
void give(z_stream& stream, std::string_view bytes) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
}

}  // namespace

std::string Deflate::compress(std::string_view message) {
    if (message.empty()) return std::string(1, '\0');  // RFC 7692, 7.2.3.6: zlib makes nothing of nothing
    if (!deflating_) {
        auto stream = std::make_unique<z_stream>();
        if (deflateInit2(stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, -terms_.our_bits, kMemoryLevel,
                         Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc{};
        deflating_.reset(stream.release());
    }
    std::string payload;
    std::array<char, kInflated> piece{};
    give(*deflating_, message);
    do {
        deflating_->next_out = reinterpret_cast<Bytef*>(piece.data());
        deflating_->avail_out = piece.size();
        ::deflate(deflating_.get(), Z_SYNC_FLUSH);
        payload.append(piece.data(), piece.size() - deflating_->avail_out);
    } while (deflating_->avail_out == 0);
    payload.resize(payload.size() - std::min(payload.size(), kTail.size()));
    if (terms_.we_forget) deflateReset(deflating_.get());
    return payload;
}

Deflate::Outcome Deflate::inflate(std::string_view piece, std::string& message, std::size_t most) {
    if (!inflating_) {
        auto stream = std::make_unique<z_stream>();
        if (inflateInit2(stream.get(), -terms_.peer_bits) != Z_OK) throw std::bad_alloc{};
        inflating_.reset(stream.release());
    }
    std::array<char, kInflated> room{};
    give(*inflating_, piece);
    do {
        inflating_->next_out = reinterpret_cast<Bytef*>(room.data());
        inflating_->avail_out = room.size();
        auto code = ::inflate(inflating_.get(), Z_SYNC_FLUSH);
        if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END) return Outcome::Broken;
        auto size = room.size() - inflating_->avail_out;
        if (size > most - message.size()) return Outcome::TooLong;
        message.append(room.data(), size);
        if (code == Z_STREAM_END) inflateReset(inflating_.get());
        if (code == Z_BUF_ERROR) break;
    } while (inflating_->avail_out == 0 || inflating_->avail_in > 0);
    return Outcome::Good;
}

Deflate::Outcome Deflate::finish(std::string& message, std::size_t most) {
    auto outcome = inflate(kTail, message, most);
    if (terms_.peer_forgets && inflating_) inflateReset(inflating_.get());
    return outcome;
}

}  // namespace haul::websocket
