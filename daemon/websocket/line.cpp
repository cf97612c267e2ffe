#include "websocket/line.hpp"

#include <sys/ioctl.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "engine/curl_buffers.hpp"
#include "model/credential.hpp"
#include "model/url.hpp"
#include "model/utf8.hpp"
#include "websocket/close_payload.hpp"

namespace haul::websocket {
namespace {

using std::chrono::seconds;

constexpr seconds kRest{1};                 // after that, a line on which nothing happens holds no buffer
constexpr seconds kGoodbyePatience{10};     // for the peer's answer to our goodbye
constexpr seconds kEndPatience{2};          // for the peer's end of the line, when all is said
constexpr seconds kStopPatience{1};         // for our last word on its way, when nobody waits for an answer
constexpr std::size_t kMostControls = 256;  // pongs that the peer leaves unread
constexpr std::size_t kMostUnsent = 1024 * 1024;  // bytes of messages of the channel's client
constexpr std::size_t kMostRefusal = 64 * 1024;   // bytes of a body that nobody reads

/// Lines whose times are near each other are looked at together.
Instant whole_second_after(Instant time) {
    return std::chrono::ceil<seconds>(time);
}

std::string ping_payload(std::uint64_t number) {
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(number));
    return {text.data(), 16};
}

}  // namespace

Line::Line(model::SocketRequest request, CURLSH* pool, SocketMulti& multi, const Sinks& sinks)
    : request_(std::move(request)),
      multi_(multi),
      sinks_(sinks),
      handshake_(request_.terms),
      exchange_(request_.transfer, pool, 0, *this, this) {}

Line::~Line() {
    if (is_added_) multi_.remove(exchange_.handle());
}

void Line::start() {
    if (!exchange_.handle()) return end(failure(CURLE_OUT_OF_MEMORY));
    exchange_.begin(
        {.method = "GET", .fields = handshake_.fields(), .is_upgrade = true, .must_not_repeat = true});
    multi_.add(exchange_.handle());
    is_added_ = true;
}

void Line::on_done(CURLcode code) {
    multi_.remove(exchange_.handle());
    is_added_ = false;
    bool goes_on = !protocol_ && handshake_fault_.empty() && exchange_.finish(code);
    if (!goes_on) return end(ending(code));
    is_refused_ = is_hung_up_ = false;
    reads_ = sends_ = true;
    multi_.add(exchange_.handle());
    is_added_ = true;
}

bool Line::on_head() {
    constexpr std::uint16_t kSwitchingProtocols = 101;
    const auto& head = exchange_.head();
    is_refused_ = head.status() != kSwitchingProtocols;
    if (is_refused_) return true;
    auto verdict = handshake_.judge(head);
    handshake_fault_ = head.fault();
    if (auto* fault = std::get_if<std::string>(&verdict)) handshake_fault_ = std::move(*fault);
    if (!handshake_fault_.empty()) return false;
    agreement_ = std::get<Agreement>(std::move(verdict));
    Listener& listener = *this;
    protocol_.emplace(request_.terms.max_message, agreement_.deflate, listener);
    opened_at_ = heard_at_ = std::chrono::steady_clock::now();
    tell_open();
    return true;
}

std::size_t Line::on_body(std::string_view bytes) {
    if (!protocol_) {
        refusal_size_ += bytes.size();
        return refusal_size_ > kMostRefusal ? 0 : bytes.size();
    }
    heard_at_ = std::chrono::steady_clock::now();
    asked_at_.reset();
    read_from_ = bytes.data();
    protocol_->read(bytes);
    // libcurl would go on reading as long as the server is faster than we are.
    if (reads_ && !wants_to_read()) pause(false, sends_);
    return bytes.size();
}

std::size_t Line::on_send(char* to, std::size_t size) {
    if ((!protocol_ && is_hung_up_) || has_no_more_to_say())
        return 0;  // which ends the request when the server's half has been read
    // libcurl asks a paused one too when the other direction is unpaused, and stays paused if it gets
    // something.
    if (!sends_) return CURL_READFUNC_PAUSE;
    auto count = wants_to_send() ? protocol_->outgoing().write(to, size) : 0;
    sends_ = count > 0;
    if (sends_) written_to_ = to;
    return sends_ ? count : CURL_READFUNC_PAUSE;
}

void Line::on_message(model::Message message) {
    if (channel_)
        channel_->put(std::move(message));
    else
        received_.push_back(std::move(message));
}

/// A pong answers the pings before its own, too (RFC 6455, 5.5.3).
void Line::on_pong(std::string_view payload) {
    auto own = pings_.find(std::string{payload});
    if (own == pings_.end()) return;
    auto last = std::next(own);
    for (auto ping = pings_.begin(); ping != last; ping = pings_.erase(ping))
        if (ping->second.number != 0)
            sinks_.news({task(), attempt(),
                         ports::Ponged{ping->second.number,
                                       std::chrono::duration_cast<Duration>(heard_at_ - ping->second.sent)}});
}

void Line::ping(std::uint64_t number) {
    if (!protocol_) return;
    auto payload = ping_payload(++last_ping_);
    pings_[payload] = {number, std::chrono::steady_clock::now()};
    protocol_->outgoing().ping(payload);
}

void Line::send(std::vector<model::OutgoingMessage> messages) {
    if (!protocol_) return;
    for (auto& message : messages) protocol_->outgoing().send(std::move(message));
}

void Line::close(const model::CloseWord& word) {
    if (!protocol_) return;
    is_closing_ = true;
    protocol_->outgoing().close(word);
}

void Line::stop() {
    if (!protocol_) return end(model::fact::Interrupted{.ending = model::fact::Ending::Stopped});
    is_stopping_ = true;
    protocol_->outgoing().close_at_once({model::close_code::kGoingAway, {}});
}

void Line::answer_goodbye() {
    if (!protocol_ || !protocol_->goodbye()) return;
    is_answered_ = true;
    protocol_->answer_goodbye();
}

bool Line::may_report() const {
    return reported_.messages < allowed_.messages && reported_.bytes < allowed_.bytes;
}

void Line::set_channel(Channel* channel) {
    if (channel_ && !channel)
        for (auto& message : channel_->take_undelivered()) received_.push_back(std::move(message));
    channel_ = channel;
    if (!channel_) return;
    if (protocol_) channel_->put(Channel::Type::Opened, agreement_.subprotocol);
    for (auto& message : std::exchange(received_, {})) channel_->put(std::move(message));
}

bool Line::takes_more() const {
    return protocol_ && !is_ending() && protocol_->outgoing().bytes() < kMostUnsent;
}

void Line::take_frames(std::vector<Channel::Frame> frames) {
    for (auto& frame : frames) {
        if (frame.type == Channel::Type::Close)  // without a code, the usual one
            sinks_.news({task(), attempt(),
                         ports::CloseAsked{frame.payload.empty() ? model::CloseWord{}
                                                                 : to_close_word(frame.payload)}});
        else if (protocol_)
            protocol_->outgoing().send({0, {frame.type == Channel::Type::Text, std::move(frame.payload)}});
    }
}

/// Whether one of both sides has said its last word.
bool Line::is_ending() const {
    return is_stopping_ || is_closing_ || protocol_->goodbye() || protocol_->fault();
}

bool Line::wants_to_read() const {
    if (!protocol_ || protocol_->goodbye() || protocol_->fault() || is_stopping_) return true;
    if (protocol_->outgoing().controls() > kMostControls) return false;
    return channel_ ? !channel_->is_full() : received_.empty() && may_report();
}

/// The peer's goodbye is answered when everything before it is in the journal, and nothing else is sent then.
bool Line::wants_to_send() const {
    if (!protocol_ || protocol_->outgoing().is_empty()) return false;
    return !protocol_->goodbye() || is_answered_;
}

/// The server's half has been read to its end, and where it said goodbye, it has been answered.
bool Line::has_no_more_to_say() const {
    if (!protocol_ || !is_hung_up_ || wants_to_send()) return false;
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(exchange_.handle(), CURLINFO_ACTIVESOCKET, &socket);
    int unread = 0;
    bool is_read = socket == CURL_SOCKET_BAD || ::ioctl(socket, FIONREAD, &unread) != 0 || unread == 0;
    return is_read && (!protocol_->goodbye() || is_said_);
}

void Line::settle() {
    if (is_over_) return;
    if (!protocol_) return let_refusal_end();
    tell();
    say_farewell();
    if (is_over_) return;
    bool reads = wants_to_read();
    bool sends = wants_to_send() || has_no_more_to_say();
    if (reads == reads_ && sends == sends_) return;
    // libcurl may still have bytes to send when we have none: it is paused only when it asks for more.
    if (reads == reads_ && !sends) return;
    pause(reads, sends_ || sends);
}

void Line::pause(bool reads, bool sends) {
    reads_ = reads;
    sends_ = sends;
    curl_easy_pause(exchange_.handle(), (reads ? 0 : CURLPAUSE_RECV) | (sends ? 0 : CURLPAUSE_SEND));
}

/// What has its answer, or will get none, ends: libcurl ends no request that is paused in sending. Only where
/// it may ask again with credentials has it to read the answer to its end.
void Line::let_refusal_end() {
    const auto& head = exchange_.head();
    bool may_ask_again =
        head.status() == model::kUnauthorized || head.status() == model::kProxyAuthenticationRequired;
    if (is_refused_ && !may_ask_again) return end(ending(CURLE_OK));
    bool is_answered = head.is_final() || is_hung_up_;
    if (is_answered && !std::exchange(sends_, true)) curl_easy_pause(exchange_.handle(), CURLPAUSE_CONT);
}

/// Before anything that comes by the connection.
void Line::tell_open() {
    sinks_.facts({.task = task(),
                  .attempt = attempt(),
                  .fact = model::fact::Opened{
                      .status = exchange_.head().status(),
                      .subprotocol = agreement_.subprotocol,
                      .final_url = exchange_.is_redirected() ? model::to_ws(exchange_.shown_url()) : ""}});
    if (channel_) channel_->put(Channel::Type::Opened, agreement_.subprotocol);
}

void Line::tell() {
    ports::Received news;
    while (!channel_ && !received_.empty() && may_report()) {
        ++reported_.messages;
        reported_.bytes += received_.front().body.size();
        news.messages.push_back(std::move(received_.front()));
        received_.pop_front();
    }
    if (!news.messages.empty()) sinks_.news({task(), attempt(), std::move(news)});
    if (auto number = protocol_->outgoing().take_sent(sent_bytes()); number != 0)
        sinks_.news({task(), attempt(), ports::Sent{number}});
}

/// Bytes that libcurl has handed to the kernel.
std::uint64_t Line::sent_bytes() const {
    curl_off_t sent = 0;
    curl_easy_getinfo(exchange_.handle(), CURLINFO_SIZE_UPLOAD_T, &sent);
    return static_cast<std::uint64_t>(sent);
}

void Line::say_farewell() {
    if (const auto& word = protocol_->goodbye();
        word && received_.empty() && !std::exchange(is_goodbye_told_, true))
        sinks_.facts({.task = task(),
                      .attempt = attempt(),
                      .fact = model::fact::Goodbye{word->code, model::to_bus_string(word->reason)}});
    if (!is_ending()) return;
    const auto& outgoing = protocol_->outgoing();
    bool is_said = outgoing.is_close_sent() && sent_bytes() >= protocol_->outgoing().written();
    if (is_said && is_stopping_) return end(ending(CURLE_OK));
    if (is_said && !std::exchange(is_said_, true)) give_up_.reset();
    if (give_up_) return;
    auto patience = is_said && (protocol_->goodbye() || protocol_->fault()) ? kEndPatience
                    : is_stopping_                                          ? kStopPatience
                                                                            : kGoodbyePatience;
    give_up_ = std::chrono::steady_clock::now() + patience;
}

void Line::on_time(Instant now) {
    if (is_over_) return;
    if (now >= rest_time()) rest();
    if (now < due_time()) return;
    if (!protocol_ || give_up_ || asked_at_) {
        is_silent_ = !give_up_;
        return end(ending(CURLE_OK));
    }
    asked_at_ = now;
    ping(0);
}

void Line::rest() {
    engine::shrink(engine::Buffer::Receive, std::exchange(read_from_, nullptr), 0);
    engine::shrink(engine::Buffer::Send, std::exchange(written_to_, nullptr), 0);
}

Instant Line::rest_time() const {
    bool holds_memory = read_from_ || written_to_;
    bool is_sent = holds_memory && sent_bytes() >= protocol_->outgoing().written();
    return is_sent ? whole_second_after(exchange_.active_at() + kRest) : Instant::max();
}

Instant Line::next_time() const {
    return std::min(due_time(), rest_time());
}

Instant Line::due_time() const {
    if (!protocol_) return exchange_.active_at() + request_.transfer.request_timeout;
    if (give_up_) return *give_up_;
    // Of a peer whose words are left unread nobody knows whether it is silent.
    if (!wants_to_read()) return Instant::max();
    if (asked_at_) return whole_second_after(*asked_at_ + request_.terms.pong_timeout);
    return whole_second_after(heard_at_ + request_.terms.ping_interval);
}

/// The last report, behind everything else that there is to tell.
void Line::end(model::Fact fact) {
    if (protocol_) tell();
    if (is_added_) multi_.remove(exchange_.handle());
    is_added_ = false;
    is_over_ = true;
    exchange_.measure();
    if (channel_ && protocol_) {
        const auto* closed = std::get_if<model::fact::Closed>(&fact);
        model::CloseWord word{model::close_code::kGoingAway, {}};
        if (closed) word = {closed->code, closed->reason};
        channel_->put(Channel::Type::Close, to_payload(word));
    }
    sinks_.facts({.task = task(),
                  .attempt = attempt(),
                  .fact = std::move(fact),
                  .last = true,
                  .metrics = exchange_.take_metrics()});
}

}  // namespace haul::websocket
