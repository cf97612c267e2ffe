#pragma once

#include <zlib.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace haul::websocket {

/// What was agreed for permessage-deflate (RFC 7692, 7.1).
struct DeflateTerms {
    bool we_forget = false;     ///< each of our messages is compressed on its own
    bool peer_forgets = false;  ///< likewise, each of the peer's
    int our_bits = 15;          ///< of our window
    int peer_bits = 15;         ///< of the peer's
};

/// Messages to and from permessage-deflate. The windows are made when they are first needed: some 300 KiB.
class Deflate {
public:
    explicit Deflate(const DeflateTerms& terms) : terms_(terms) {}

    /// Whether we can compress at all: zlib knows no window of 8 bits.
    bool can_compress() const { return terms_.our_bits > 8; }
    /// A whole message.
    std::string compress(std::string_view message);

    enum class Outcome { Good, TooLong, Broken };
    /// Appends what the next piece of a message's payload stands for, up to `most` bytes in all.
    Outcome inflate(std::string_view piece, std::string& message, std::size_t most);
    /// Likewise, at the payload's end.
    Outcome finish(std::string& message, std::size_t most);

private:
    struct Cleanup {
        int (*end)(z_stream*);
        void operator()(z_stream* stream) const {
            end(stream);
            delete stream;
        }
    };
    using Stream = std::unique_ptr<z_stream, Cleanup>;

    DeflateTerms terms_;
    Stream deflating_{nullptr, {&deflateEnd}};
    Stream inflating_{nullptr, {&inflateEnd}};
};

}  // namespace haul::websocket
