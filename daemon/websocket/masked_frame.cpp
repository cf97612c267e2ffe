#include "websocket/masked_frame.hpp"

#include <algorithm>
#include <cstring>

#include "base/digest.hpp"

namespace haul::websocket {
namespace {

constexpr std::size_t kKeys = 4096;  // bytes of randomness that are fetched at once

std::array<char, 4> new_key() {
    thread_local std::string random;  // bytes that are not used up
    std::array<char, 4> key{};
    if (random.size() < key.size()) random = random_bytes(kKeys);
    std::memcpy(key.data(), random.data() + random.size() - key.size(), key.size());
    random.resize(random.size() - key.size());
    return key;
}

std::string make_head(Opcode opcode, MaskedFrame::Form form, std::size_t size,
                      const std::array<char, 4>& key) {
    constexpr unsigned kLast = 0x80;
    constexpr unsigned kIsMasked = 0x80;
    auto reserved = form == MaskedFrame::Form::Compressed ? unsigned{FrameHead::kCompressed} : 0U;
    std::string head(1, static_cast<char>(kLast | reserved << 4U | static_cast<unsigned>(opcode)));
    auto longer = size <= FrameHead::kMostOfControl ? 0U : size <= 0xffff ? 2U : 8U;
    auto bits = longer == 0 ? size : longer == 2 ? 126U : 127U;
    head += static_cast<char>(kIsMasked | bits);
    for (auto left = longer; left > 0; --left) head += static_cast<char>(size >> 8U * (left - 1) & 0xffU);
    return head.append(key.data(), key.size());
}

/// Eight bytes at a time. `key` is what the first byte is masked with, and those behind it.
void mask(char* to, const char* from, std::size_t size, const std::array<char, 4>& key) {
    std::array<char, 8> keys{};
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = key[i % key.size()];
    std::uint64_t word = 0, wide_key = 0;
    std::memcpy(&wide_key, keys.data(), sizeof wide_key);
    std::size_t at = 0;
    for (; at + sizeof word <= size; at += sizeof word) {
        std::memcpy(&word, from + at, sizeof word);
        word ^= wide_key;
        std::memcpy(to + at, &word, sizeof word);
    }
    for (; at < size; ++at) to[at] = static_cast<char>(from[at] ^ key[at % key.size()]);
}

}  // namespace

MaskedFrame::MaskedFrame(Opcode opcode, std::string payload, Form form)
    : opcode_(opcode),
      key_(new_key()),
      head_(make_head(opcode, form, payload.size(), key_)),
      payload_(std::move(payload)) {}

std::size_t MaskedFrame::write(char* to, std::size_t size) {
    auto of_head = std::min(size, head_.size());
    std::memcpy(to, head_.data(), of_head);
    head_.erase(0, of_head);
    auto of_payload = std::min(size - of_head, payload_.size() - done_);
    mask(to + of_head, payload_.data() + done_, of_payload, key_);
    done_ += of_payload;
    // so that the key begins with what the next byte is masked with
    std::rotate(key_.begin(), key_.begin() + static_cast<std::ptrdiff_t>(of_payload % key_.size()),
                key_.end());
    return of_head + of_payload;
}

}  // namespace haul::websocket
