#include "haul/channel.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "errors.hpp"

namespace haul {

namespace {

/// Before each payload: the type, three zero bytes, and the payload's length in network order.
constexpr std::size_t kHeaderSize = 8;
/// What one read brings at most, unless a message is longer.
constexpr std::size_t kReadSize = std::size_t{256} << 10U;
/// No message is longer, whatever the task was told (WebSocketOptions::max_message).
constexpr std::size_t kLongestMessage = std::size_t{1} << 30U;
/// From here on, written bytes are worth moving the others for.
constexpr std::size_t kWorthMoving = std::size_t{1} << 20U;

struct Header {
    std::uint8_t type;
    std::uint32_t length;
    bool is_valid;
};

Header read_header(const char* bytes) {
    std::uint32_t length = 0;
    std::memcpy(&length, bytes + 4, sizeof length);
    length = ntohl(length);
    const auto type = static_cast<std::uint8_t>(bytes[0]);
    const bool is_known = type == 1 || type == 2 || type == 8 || type == 9;
    const bool is_zero = bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0;
    return {.type = type, .length = length, .is_valid = is_known && is_zero && length <= kLongestMessage};
}

bool is_for_later(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

Error channel_error(const char* what) {
    return {.code = ErrorCode::Disconnected,
            .message = std::string(what) + ": " + std::strerror(errno),
            .name = {}};
}

}  // namespace

Closed ChannelMessage::closed() const {
    Closed closed{.code = CloseCode::NoCode, .reason = {}, .clean = false, .error_text = {}};
    if (bytes.size() >= 2) {
        std::uint16_t code = 0;
        std::memcpy(&code, bytes.data(), sizeof code);
        closed.code = CloseCode{ntohs(code)};
        closed.reason = bytes.substr(2);
    }
    closed.clean = closed.code != CloseCode::Lost;
    return closed;
}

Channel::Channel(File end) : end_(std::move(end)) {}

Channel::Channel(Channel&& other) noexcept
    : end_(std::move(other.end_)),
      outgoing_(std::exchange(other.outgoing_, {})),
      written_(std::exchange(other.written_, 0)),
      incoming_(std::move(other.incoming_)),
      capacity_(std::exchange(other.capacity_, 0)),
      begin_(std::exchange(other.begin_, 0)),
      end_of_incoming_(std::exchange(other.end_of_incoming_, 0)),
      has_ended_(other.has_ended_) {}

Channel& Channel::operator=(Channel&& other) noexcept {
    std::swap(end_, other.end_);
    std::swap(outgoing_, other.outgoing_);
    std::swap(written_, other.written_);
    std::swap(incoming_, other.incoming_);
    std::swap(capacity_, other.capacity_);
    std::swap(begin_, other.begin_);
    std::swap(end_of_incoming_, other.end_of_incoming_);
    std::swap(has_ended_, other.has_ended_);
    return *this;
}

Channel::~Channel() = default;

void Channel::queue(ChannelMessage::Type type, std::string_view payload) {
    std::array<char, kHeaderSize> header{static_cast<char>(type)};
    const auto length = htonl(static_cast<std::uint32_t>(payload.size()));
    std::memcpy(header.data() + 4, &length, sizeof length);
    outgoing_.append(header.data(), header.size()).append(payload);
}

void Channel::queue(std::string_view text) {
    queue(ChannelMessage::Type::Text, text);
}

void Channel::queue(std::span<const std::uint8_t> data) {
    queue(ChannelMessage::Type::Binary, {reinterpret_cast<const char*>(data.data()), data.size()});
}

void Channel::queue_close(CloseCode code, std::string_view reason) {
    const auto number = htons(static_cast<std::uint16_t>(code));
    std::string payload(sizeof number, '\0');
    std::memcpy(payload.data(), &number, sizeof number);
    queue(ChannelMessage::Type::Closed, payload.append(reason));
}

Result<bool> Channel::flush() {
    while (written_ < outgoing_.size()) {
        const auto count = ::send(end_.get(), outgoing_.data() + written_, outgoing_.size() - written_,
                                  MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && is_for_later(errno)) break;
        if (count < 0) return tl::unexpected(channel_error("the channel takes no more messages"));
        written_ += static_cast<std::size_t>(count);
    }
    if (written_ == outgoing_.size()) {
        outgoing_.clear();
        written_ = 0;
    } else if (written_ >= kWorthMoving && written_ >= outgoing_.size() / 2) {
        outgoing_.erase(0, written_);
        written_ = 0;
    }
    return outgoing_.empty();
}

/// For a whole read behind what is there, or for the rest of a message that is longer.
void Channel::make_room() {
    const auto there = end_of_incoming_ - begin_;
    auto needed = std::max(kReadSize, 2 * there);
    if (there >= kHeaderSize)
        needed = std::max(needed, kHeaderSize + read_header(incoming_.get() + begin_).length);
    if (needed > capacity_) {
        auto larger = std::make_unique_for_overwrite<char[]>(needed);
        if (there > 0) std::memcpy(larger.get(), incoming_.get() + begin_, there);
        incoming_ = std::move(larger);
        capacity_ = needed;
    } else if (begin_ > 0) {
        std::memmove(incoming_.get(), incoming_.get() + begin_, there);
    }
    begin_ = 0;
    end_of_incoming_ = there;
}

Result<bool> Channel::fill() {
    if (end_of_incoming_ - begin_ >= kHeaderSize && !read_header(incoming_.get() + begin_).is_valid)
        return tl::unexpected(detail::protocol_error("the channel brings what is no message"));
    make_room();
    const auto count =
        ::recv(end_.get(), incoming_.get() + end_of_incoming_, capacity_ - end_of_incoming_, MSG_DONTWAIT);
    if (count < 0 && is_for_later(errno)) return false;
    // A daemon that has left without reading all of what was sent resets it.
    has_ended_ = count == 0 || (count < 0 && errno == ECONNRESET);
    if (has_ended_) return false;
    if (count < 0) return tl::unexpected(channel_error("the channel cannot be read"));
    end_of_incoming_ += static_cast<std::size_t>(count);
    return true;
}

std::optional<ChannelMessage> Channel::next() {
    const auto there = end_of_incoming_ - begin_;
    if (there < kHeaderSize) return std::nullopt;
    const auto header = read_header(incoming_.get() + begin_);
    if (!header.is_valid || there - kHeaderSize < header.length) return std::nullopt;
    const std::string_view bytes(incoming_.get() + begin_ + kHeaderSize, header.length);
    begin_ += kHeaderSize + header.length;
    return ChannelMessage{.type = ChannelMessage::Type{header.type}, .bytes = bytes};
}

Result<bool> Channel::wait(std::optional<std::chrono::milliseconds> timeout) const {
    const short events = queued() > 0 ? POLLIN | POLLOUT : POLLIN;
    pollfd entry{.fd = end_.get(), .events = events, .revents = 0};
    const int limit = timeout ? static_cast<int>(timeout->count()) : -1;
    const int ready = ::poll(&entry, 1, limit);
    if (ready < 0 && errno != EINTR) return tl::unexpected(channel_error("cannot wait for the channel"));
    return ready > 0;
}

Result<void> Channel::drain() {
    for (;;) {
        const auto flushed = flush();
        if (!flushed) return tl::unexpected(flushed.error());
        if (*flushed) return {};
        pollfd entry{.fd = end_.get(), .events = POLLOUT, .revents = 0};
        if (::poll(&entry, 1, -1) < 0 && errno != EINTR)
            return tl::unexpected(channel_error("cannot wait for the channel"));
    }
}

Result<void> Channel::send(std::string_view text) {
    queue(text);
    return drain();
}

Result<void> Channel::send(std::span<const std::uint8_t> data) {
    queue(data);
    return drain();
}

Result<std::optional<ChannelMessage>> Channel::receive() {
    for (;;) {
        if (const auto message = next()) return message;
        if (has_ended_) return std::nullopt;
        // What cannot be written any more ends with the channel; what was read of it is still good.
        if (queued() > 0) (void)flush();
        const auto filled = fill();
        if (!filled) return tl::unexpected(filled.error());
        if (*filled || has_ended_) continue;
        if (const auto waited = wait(); !waited) return tl::unexpected(waited.error());
    }
}

}  // namespace haul
