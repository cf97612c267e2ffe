#pragma once

#include <wslay/wslay.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/socket.hpp"
#include "model/utf8.hpp"
#include "websocket/deflate.hpp"
#include "websocket/outgoing.hpp"

namespace haul::websocket {

/// Who hears what a peer sends.
class Listener {
public:
    virtual ~Listener() = default;
    virtual void on_message(model::Message message) = 0;
    virtual void on_pong(std::string_view payload) = 0;
};

/// The client's end of an open WebSocket (RFC 6455, 5 to 7): bytes from the line become messages, and
/// messages bytes for the line. Each ping is answered with its own pong. Whatever the peer does wrong is
/// answered with the code for it, and nothing more is read.
class Protocol {
public:
    /// `listener` outlives it.
    Protocol(Bytes max_message, const std::optional<DeflateTerms>& deflate, Listener& listener);
    Protocol(const Protocol&) = delete;
    Protocol& operator=(const Protocol&) = delete;

    /// Bytes from the line.
    void read(std::string_view bytes);
    /// Bytes for the line: how many of them were put there. 0 where there are none now.
    std::size_t write(char* to, std::size_t size);
    Outgoing& outgoing() { return outgoing_; }
    const Outgoing& outgoing() const { return outgoing_; }
    /// In all.
    std::uint64_t written() const { return written_; }

    /// How the peer said goodbye; it is not answered before `answer_goodbye`. The code may be kNone.
    const std::optional<model::CloseWord>& goodbye() const { return goodbye_; }
    void answer_goodbye();
    /// What the peer did wrong: the code that it was told, and a sentence for people.
    const std::optional<model::CloseWord>& fault() const { return fault_; }

private:
    struct Free {
        void operator()(wslay_frame_context* context) const { wslay_frame_context_free(context); }
    };

    static ssize_t on_send(const std::uint8_t* data, std::size_t size, int flags, void* self);
    static ssize_t on_recv(std::uint8_t* to, std::size_t size, int flags, void* self);
    static int on_mask(std::uint8_t* to, std::size_t size, void* self);

    bool is_deaf() const { return goodbye_ || fault_; }
    void fail(std::uint16_t code, std::string text);
    void take(const wslay_frame_iocb& frame);
    bool begin_frame(const wslay_frame_iocb& frame);
    bool begin_message(const wslay_frame_iocb& frame);
    void take_data(std::string_view piece);
    void on_inflated(Deflate::Outcome outcome);
    void end_frame(const wslay_frame_iocb& frame);
    void end_message();
    void take_close();

    Bytes max_message_;
    std::optional<Deflate> deflate_;
    Listener& listener_;
    Outgoing outgoing_;
    std::unique_ptr<wslay_frame_context, Free> frames_;
    std::string_view input_;
    char* output_ = nullptr;
    std::size_t room_ = 0;
    std::uint64_t written_ = 0;

    bool is_in_frame_ = false;
    std::uint64_t frame_left_ = 0;  ///< bytes of its payload that are still to come
    bool is_in_message_ = false;
    bool is_compressed_ = false;
    model::Message message_;  ///< that is coming in
    model::Utf8Reader text_;
    std::string control_;  ///< payload of the control frame that is coming in
    std::optional<model::CloseWord> goodbye_;
    std::optional<model::CloseWord> fault_;
};

}  // namespace haul::websocket
