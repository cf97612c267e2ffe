#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.hpp"
#include "model/socket.hpp"

namespace haul::websocket {

/// The daemon's end of a live client's channel: messages with a header of eight bytes in front of each, as
/// org.hauld1.WebSocket's OpenChannel has them. It never waits for the client.
class Channel {
public:
    enum class Type : std::uint8_t { Text = 1, Binary = 2, Close = 8, Opened = 9 };
    /// What a client wrote: a text, a binary message or a Close.
    struct Frame {
        Type type{};
        std::string payload;
    };

    Channel(UniqueFd socket, Bytes max_message) : socket_(std::move(socket)), max_message_(max_message) {}

    int fd() const { return socket_.get(); }

    void put(model::Message message);
    void put(Type type, std::string payload);
    /// Hands over as much as the client has room for.
    void flush();
    bool has_output() const { return !output_.empty(); }
    /// Whether more is waiting for the client than should.
    bool is_full() const { return waiting_ > kFull; }

    /// Reads what is there, a bounded piece of it; the frames that are complete.
    std::vector<Frame> read();
    /// Whether the client has gone, or wrote what is no frame.
    bool is_over() const { return is_over_; }

    /// The messages that the client did not get.
    std::vector<model::Message> take_undelivered();

private:
    static constexpr std::size_t kHeader = 8;
    static constexpr std::size_t kFull = 1024 * 1024;
    struct Item {
        Type type{};
        std::array<char, kHeader> header{};
        std::string payload;
        std::size_t size() const { return kHeader + payload.size(); }
    };

    std::optional<std::size_t> parse(std::size_t at, std::vector<Frame>& frames);

    UniqueFd socket_;
    Bytes max_message_;
    std::deque<Item> output_;
    std::size_t handed_ = 0;   ///< bytes of the first item that the client has
    std::size_t waiting_ = 0;  ///< bytes in all items
    std::string input_;
    bool is_over_ = false;
};

}  // namespace haul::websocket
