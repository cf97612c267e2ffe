#pragma once

#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/exchange.hpp"
#include "model/fact.hpp"
#include "ports/channels.hpp"
#include "ports/transfers.hpp"
#include "websocket/channel.hpp"
#include "websocket/handshake.hpp"
#include "websocket/protocol.hpp"
#include "websocket/socket_multi.hpp"

namespace haul::websocket {

/// Where all lines report to.
struct Sinks {
    ports::TransferSink facts;
    ports::ChannelSink news;
};

/// One attempt of a WebSocket task, on the ear's thread: the handshake is an Exchange like any other; from
/// its 101 on, libcurl hands over what the server sends, and asks for what is to be sent.
class Line final : private engine::Exchange::Reader, private Listener {
public:
    Line(model::SocketRequest request, CURLSH* pool, SocketMulti& multi, const Sinks& sinks);
    ~Line() override;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    TaskId task() const { return request_.transfer.task; }
    Attempt attempt() const { return request_.transfer.attempt; }
    /// The last report is sent: nothing more is to be called.
    bool is_over() const { return is_over_; }
    bool is_open() const { return protocol_.has_value(); }
    const std::string& subprotocol() const { return agreement_.subprotocol; }

    void start();
    /// libcurl has no more to say.
    void on_done(CURLcode code);
    /// libcurl waits for nothing on its socket: the server has ended its half, unless it is left unread.
    void on_quiet() { is_hung_up_ = is_hung_up_ || reads_; }
    /// Ends the attempt from outside.
    void stop();

    void send(std::vector<model::OutgoingMessage> messages);
    void close(const model::CloseWord& word);
    /// What the peer said before its goodbye is in the journal, and so is that.
    void answer_goodbye();
    void ping(std::uint64_t number);
    /// So much may be reported in all.
    void allow(model::Bulk in_all) { allowed_ = in_all; }
    /// The channel that messages go to from now on; nullptr: they are reported.
    void set_channel(Channel* channel);
    /// Whether the channel may be read: there is room for what its client sends.
    bool takes_more() const;
    void take_frames(std::vector<Channel::Frame> frames);

    /// After anything above: tells what there is to tell, and has libcurl read and send, or not.
    void settle();
    /// Does what is due by now, and gives back memory that is at rest.
    void on_time(Instant now);
    Instant next_time() const;

private:
    struct Ping {
        std::uint64_t number = 0;  ///< 0: our own, to see whether the peer is there
        Instant sent;
    };

    bool on_head() override;
    std::size_t on_body(std::string_view bytes) override;
    std::size_t on_send(char* to, std::size_t size) override;
    void on_message(model::Message message) override;
    void on_pong(std::string_view payload) override;

    bool is_ending() const;
    bool wants_to_read() const;
    bool wants_to_send() const;
    bool has_no_more_to_say() const;
    void pause(bool reads, bool sends);
    void let_refusal_end();
    void tell_open();
    void tell();
    bool may_report() const;
    void rest();
    Instant rest_time() const;
    Instant due_time() const;
    void say_farewell();
    std::uint64_t sent_bytes() const;
    void end(model::Fact fact);
    // line_end.cpp
    model::Fact ending(CURLcode code) const;
    model::Fact closing(CURLcode code) const;
    model::fact::Interrupted failure(CURLcode code) const;
    model::fact::Interrupted refusal() const;

    model::SocketRequest request_;
    SocketMulti& multi_;
    const Sinks& sinks_;
    Handshake handshake_;
    engine::Exchange exchange_;
    std::string handshake_fault_;
    std::size_t refusal_size_ = 0;  ///< bytes of the body of an answer that refuses
    Agreement agreement_;
    std::optional<Protocol> protocol_;  ///< from the server's 101 on
    Channel* channel_ = nullptr;
    bool is_refused_ = false;  ///< the server's answer was no 101
    bool is_stopping_ = false;
    bool is_closing_ = false;  ///< the client said goodbye
    bool is_goodbye_told_ = false;
    bool is_answered_ = false;  ///< the peer's goodbye is
    bool is_said_ = false;      ///< our last word is with the kernel
    bool is_silent_ = false;    ///< the peer did not answer in time
    bool is_hung_up_ = false;   ///< the server has ended its half of the line
    bool is_over_ = false;
    bool is_added_ = false;               ///< to the multi handle
    bool sends_ = true;                   ///< libcurl asks for bytes
    bool reads_ = true;                   ///< libcurl hands bytes over
    std::list<model::Message> received_;  ///< not reported yet
    model::Bulk reported_, allowed_;      ///< in all
    std::map<std::string, Ping> pings_;   ///< under way, by payload
    std::uint64_t last_ping_ = 0;
    const char* read_from_ = nullptr;   ///< inside libcurl's receive buffer; nullptr: it holds no memory
    const char* written_to_ = nullptr;  ///< likewise, its send buffer
    Instant opened_at_, heard_at_;
    std::optional<Instant> asked_at_;  ///< when our own ping went out that nothing was heard after
    std::optional<Instant>
        give_up_;  ///< when the peer's goodbye, or its end of the line, is waited for no longer
};

}  // namespace haul::websocket
