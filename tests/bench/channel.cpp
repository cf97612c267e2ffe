// A client of the daemon's live channel: sends messages to an echo server, as many under way as it is told,
// and waits for each to come back. The time runs from the connection until the last one is back.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "bus.hpp"
#include "conversation.hpp"
#include "load.hpp"

namespace haul::bench {
namespace {

constexpr char kTask[] = "org.hauld1.Task";
constexpr char kWebSocket[] = "org.hauld1.WebSocket";
constexpr std::size_t kHead = 8;
constexpr std::size_t kBuffer = 256 << 10;
constexpr char kBinary = 2;
constexpr char kOpened = 9;

/// The channel of a new task of live delivery, which begins to connect.
int open_channel(sd_bus* bus, const Conversation& conversation) {
    const auto session = open_session(bus, "bench");
    const auto call = make_call(bus, session.c_str(), kSession, "CreateWebSocket");
    const std::uint64_t most = std::max<std::uint64_t>(conversation.size, 1 << 20);
    check(sd_bus_message_append(call.get(), "sasa{sv}", conversation.url.c_str(), 0, 2, "delivery", "s",
                                "live", "max-message", "t", most),
          "CreateWebSocket");
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* raw = nullptr;
    if (sd_bus_call(bus, call.get(), 0, &error, &raw) < 0)
        fail(std::string("CreateWebSocket: ") + error.message);
    const Message created(raw);
    const char* task = nullptr;
    check(sd_bus_message_read(raw, "o", &task), "the task's path");
    sd_bus_message* opened_raw = nullptr;
    check(sd_bus_call_method(bus, kName, task, kWebSocket, "OpenChannel", nullptr, &opened_raw, ""),
          "OpenChannel");
    const Message opened(opened_raw);
    int descriptor = -1;
    check(sd_bus_message_read(opened_raw, "h", &descriptor), "the channel");
    check(sd_bus_call_method(bus, kName, task, kTask, "Resume", nullptr, nullptr, ""), "Resume");
    return check(fcntl(descriptor, F_DUPFD_CLOEXEC, 3), "dup");
}

class Talk {
public:
    Talk(int channel, const Conversation& conversation)
        : channel_(channel), conversation_(conversation), out_(kHead + conversation.size), in_(kBuffer) {
        out_[0] = kBinary;
        const auto length = htonl(static_cast<std::uint32_t>(conversation.size));
        std::memcpy(&out_[4], &length, sizeof length);
        check(fcntl(channel_, F_SETFL, O_NONBLOCK), "O_NONBLOCK");
    }
    ~Talk() { close(channel_); }
    Talk(const Talk&) = delete;
    Talk& operator=(const Talk&) = delete;

    /// Returns when the connection is there.
    void await_connection() {
        while (!is_open_) step(POLLIN);
    }

    /// Returns when every message is back.
    void run() {
        while (back_ < conversation_.messages) {
            const bool may_write =
                written_ > 0 || (sent_ < conversation_.messages && sent_ - back_ < conversation_.in_flight);
            step(may_write ? POLLIN | POLLOUT : POLLIN);
        }
    }

private:
    void step(int events) {
        pollfd state{.fd = channel_, .events = static_cast<short>(events), .revents = 0};
        if (poll(&state, 1, -1) < 0) fail("poll");
        if (state.revents & (POLLIN | POLLHUP)) read_some();
        if (state.revents & POLLOUT) write_some();
    }

    void write_some() {
        while (written_ > 0 || (sent_ < conversation_.messages && sent_ - back_ < conversation_.in_flight)) {
            const auto count = write(channel_, &out_[written_], out_.size() - written_);
            if (count < 0 && errno == EAGAIN) return;
            if (count < 0) fail(std::string("write: ") + std::strerror(errno));
            written_ += static_cast<std::size_t>(count);
            if (written_ == out_.size()) {
                written_ = 0;
                ++sent_;
            }
        }
    }

    void read_some() {
        const auto count = read(channel_, in_.data(), in_.size());
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) fail("the channel has ended");
        for (std::size_t at = 0; at < static_cast<std::size_t>(count);)
            at += take(&in_[at], static_cast<std::size_t>(count) - at);
    }

    /// Part of a head or of a payload; how many bytes that were.
    std::size_t take(const char* bytes, std::size_t count) {
        if (head_read_ < kHead) {
            const auto part = std::min(count, kHead - head_read_);
            std::memcpy(&head_[head_read_], bytes, part);
            head_read_ += part;
            if (head_read_ == kHead) begin_payload();
            return part;
        }
        const auto part = std::min<std::size_t>(count, left_);
        left_ -= part;
        if (left_ == 0) end_record();
        return part;
    }

    void begin_payload() {
        std::uint32_t length = 0;
        std::memcpy(&length, &head_[4], sizeof length);
        left_ = ntohl(length);
        if (left_ == 0) end_record();
    }

    void end_record() {
        head_read_ = 0;
        if (head_[0] == kOpened) {
            is_open_ = true;
        } else if (head_[0] == kBinary) {
            ++back_;
        } else {
            fail("a record of type " + std::to_string(head_[0]));
        }
    }

    const int channel_;
    const Conversation& conversation_;
    std::vector<char> out_;    // a whole record
    std::size_t written_ = 0;  // bytes of it
    std::vector<char> in_;
    char head_[kHead] = {};
    std::size_t head_read_ = 0;
    std::size_t left_ = 0;  // bytes of the payload that is being read
    std::uint64_t sent_ = 0;
    std::uint64_t back_ = 0;
    bool is_open_ = false;
};

}  // namespace
}  // namespace haul::bench

int main(int argc, char** argv) {
    using namespace haul::bench;
    const auto conversation = parse_conversation(argc, argv);
    const auto bus = open_bus(conversation.server);
    Talk talk(open_channel(bus.get(), conversation), conversation);
    talk.await_connection();
    const Stopwatch stopwatch;
    talk.run();
    stopwatch.report(conversation.messages);
}
