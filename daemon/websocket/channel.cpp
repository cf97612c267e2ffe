#include "websocket/channel.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "model/limits.hpp"
#include "model/utf8.hpp"
#include "websocket/close_payload.hpp"

namespace haul::websocket {
namespace {

constexpr std::size_t kPiece = 256 * 1024;  // bytes of one read
constexpr std::size_t kItems = 256;         // of one write

std::array<char, 8> make_header(Channel::Type type, std::size_t size) {
    auto byte = [&](unsigned shift) { return static_cast<char>((size >> shift) & 0xffU); };
    return {static_cast<char>(type), 0, 0, 0, byte(24), byte(16), byte(8), byte(0)};
}

/// Nothing, or a code that may be sent and a reason.
bool is_goodbye(const std::string& payload) {
    auto word = to_close_word(payload);
    return payload.empty() || (model::may_be_sent(word.code) && model::is_utf8(word.reason));
}

}  // namespace

void Channel::put(model::Message message) {
    put(message.is_text ? Type::Text : Type::Binary, std::move(message.body));
}

void Channel::put(Type type, std::string payload) {
    auto header = make_header(type, payload.size());
    output_.push_back({type, header, std::move(payload)});
    waiting_ += output_.back().size();
}

void Channel::flush() {
    while (!output_.empty() && !is_over_) {
        std::array<iovec, 2 * kItems> pieces{};
        std::size_t count = 0;
        std::size_t skip = handed_;
        auto add = [&](char* bytes, std::size_t size) {
            auto skipped = std::min(skip, size);
            skip -= skipped;
            if (size > skipped) pieces[count++] = {bytes + skipped, size - skipped};
        };
        for (std::size_t i = 0; i < std::min(output_.size(), kItems); ++i) {
            add(output_[i].header.data(), kHeader);
            add(output_[i].payload.data(), output_[i].payload.size());
        }
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = count;
        auto sent = ::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) {
            is_over_ = errno != EAGAIN && errno != EINTR;
            return;
        }
        handed_ += static_cast<std::size_t>(sent);
        while (!output_.empty() && handed_ >= output_.front().size()) {
            handed_ -= output_.front().size();
            waiting_ -= output_.front().size();
            output_.pop_front();
        }
    }
}

std::vector<Channel::Frame> Channel::read() {
    std::vector<Frame> frames;
    auto before = input_.size();
    input_.resize(before + kPiece);
    auto size = ::recv(socket_.get(), input_.data() + before, kPiece, MSG_DONTWAIT);
    input_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) is_over_ = true;
    std::size_t at = 0;
    while (auto end = parse(at, frames)) at = *end;
    input_.erase(0, at);
    return frames;
}

/// The frame that begins there: where it ends. No value where it is not complete, or none.
std::optional<std::size_t> Channel::parse(std::size_t at, std::vector<Frame>& frames) {
    if (input_.size() - at < kHeader) return std::nullopt;
    auto byte = [&](std::size_t i) { return static_cast<unsigned char>(input_[at + i]); };
    auto type = static_cast<Type>(byte(0));
    bool is_known = type == Type::Text || type == Type::Binary || type == Type::Close;
    std::size_t size = (std::size_t{byte(4)} << 24U) | (std::size_t{byte(5)} << 16U) |
                       (std::size_t{byte(6)} << 8U) | byte(7);
    auto most = type == Type::Close ? 2 + model::kMaxCloseReason : max_message_;
    if (!is_known || byte(1) != 0 || byte(2) != 0 || byte(3) != 0 || size > most) {
        is_over_ = true;
        return std::nullopt;
    }
    if (input_.size() - at - kHeader < size) return std::nullopt;
    Frame frame{type, input_.substr(at + kHeader, size)};
    bool is_bad = (type == Type::Text && !model::is_utf8(frame.payload)) ||
                  (type == Type::Close && !is_goodbye(frame.payload));
    if (is_bad) {
        is_over_ = true;
        return std::nullopt;
    }
    frames.push_back(std::move(frame));
    return at + kHeader + size;
}

std::vector<model::Message> Channel::take_undelivered() {
    std::vector<model::Message> messages;
    for (auto& item : output_)
        if (item.type == Type::Text || item.type == Type::Binary)
            messages.push_back({item.type == Type::Text, std::move(item.payload)});
    output_.clear();
    handed_ = waiting_ = 0;
    return messages;
}

}  // namespace haul::websocket
