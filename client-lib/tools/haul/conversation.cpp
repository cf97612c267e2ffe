#include "conversation.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "credential_desk.hpp"
#include "leftovers.hpp"
#include "sentences.hpp"

namespace haul::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// So much may wait to be sent before more of the input is read.
constexpr std::size_t kEnoughQueued = std::size_t{1} << 20U;
/// How often a task that is not connected is asked why.
constexpr milliseconds kLookAgain{500};
/// How long a task whose channel has ended may take to have ended itself.
constexpr milliseconds kEndOfTask{1000};

}  // namespace

Conversation::Conversation(const Console& console, const Company& company, WebSocketHandle task,
                           Manners manners)
    : console_(console),
      company_(company),
      task_(std::move(task)),
      manners_(manners),
      view_(make_socket_view(console, task_.id(), manners.style, manners.talk)),
      cutter_(manners.shape, manners.longest) {}

ExitCode Conversation::run() {
    // Whoever read the output has left: that is met where it is written, and the peer hears a goodbye.
    std::signal(SIGPIPE, SIG_IGN);
    for (;;) {
        auto channel = company_.patience.ask([&] { return task_.open_channel(); });
        if (channel) {
            is_connected_ = false;
            if (input_ == Input::Closed) channel->queue_close();
            talk(*channel);
        } else if (channel.error().code != ErrorCode::InvalidState) {
            return console_.fail(task_.id(), channel.error());
        }
        // It has ended with the task, or with the daemon, whose successor has the task.
        const auto status = company_.patience.ask([&] { return task_.wait(kEndOfTask); });
        if (!status) return console_.fail(task_.id(), status.error());
        if (!has_ended(status->state)) continue;
        const auto details = task_.details();
        return details ? end(*details) : console_.fail(task_.id(), details.error());
    }
}

void Conversation::talk(Channel& channel) {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    for (;;) {
        while (const auto message = channel.next()) show(*message);
        if (const auto written = console_.flush(); !written && input_ != Input::Closed) {
            fail(written.error());
            say_goodbye(channel, CloseCode::GoingAway);
        }
        if (channel.has_ended()) return;
        (void)channel.flush();  // an end is met by who reads
        if (wait(channel, input)) on_interrupt(channel);
        if (input.revents != 0) read_input(channel);
        if (const auto filled = channel.fill(); !filled) return fail(filled.error());
    }
}

void Conversation::show(const ChannelMessage& message) {
    last_news_ = steady_clock::now();
    switch (message.type) {
        case ChannelMessage::Type::Opened:
            is_connected_ = true;
            standstill_.clear();
            return view_->show_opened(std::string(message.bytes));
        case ChannelMessage::Type::Closed:
            is_connected_ = false;
            return view_->show_closed(message.closed());
        case ChannelMessage::Type::Text:
        case ChannelMessage::Type::Binary:
            return view_->show_message(message);
    }
}

/// Until there is something to do; whether that is an interrupt.
bool Conversation::wait(Channel& channel, pollfd& input) {
    const bool wants_input = input_ == Input::Open && channel.queued() < kEnoughQueued;
    const short events = channel.queued() > 0 ? POLLIN | POLLOUT : POLLIN;
    std::array entries{pollfd{.fd = channel.descriptor(), .events = events, .revents = 0},
                       pollfd{.fd = wants_input ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0}};
    const auto time = time_to_wait();
    bool is_interrupt = false;
    if (is_interrupted_)
        (void)::poll(entries.data(), entries.size(), time ? static_cast<int>(time->count()) : -1);
    else
        is_interrupt = company_.interrupt.wait(entries, time);
    input.revents = entries[1].revents;
    const bool is_quiet = entries[0].revents == 0 && entries[1].revents == 0 && !is_interrupt;
    if (is_quiet && !is_connected_) look_at_task();
    if (is_quiet && time_to_wait() == milliseconds(0)) say_goodbye(channel, CloseCode::Normal);
    return is_interrupt;
}

std::optional<milliseconds> Conversation::time_to_wait() const {
    if (!is_connected_) return kLookAgain;
    if (input_ != Input::Ended || !manners_.linger || !manners_.linger->silence) return std::nullopt;
    const auto silence = std::chrono::floor<milliseconds>(steady_clock::now() - last_news_);
    return std::max(*manners_.linger->silence - silence, milliseconds(0));
}

void Conversation::read_input(Channel& channel) {
    std::array<char, 1 << 16> piece{};
    const auto count = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count > 0) return queue(channel, cutter_.take({piece.data(), static_cast<std::size_t>(count)}));
    input_ = Input::Ended;
    last_news_ = steady_clock::now();
    queue(channel, cutter_.finish());
    if (!manners_.linger) say_goodbye(channel, CloseCode::Normal);
}

void Conversation::queue(Channel& channel, const Cut& cut) {
    for (const auto& message : cut.messages) {
        if (manners_.shape == MessageShape::Lines)
            channel.queue(message);
        else
            channel.queue(std::span(reinterpret_cast<const std::uint8_t*>(message.data()), message.size()));
    }
    if (!cut.trouble) return;
    fail(*cut.trouble);
    say_goodbye(channel, CloseCode::Normal);
}

void Conversation::say_goodbye(Channel& channel, CloseCode code) {
    if (input_ != Input::Closed) channel.queue_close(code);
    input_ = Input::Closed;
}

void Conversation::on_interrupt(Channel& channel) {
    is_interrupted_ = true;
    if (is_connected_ && input_ != Input::Closed)
        say_goodbye(channel, CloseCode::GoingAway);
    else
        (void)task_.cancel();  // nobody is there to say it to, or it was said
}

void Conversation::look_at_task() {
    const auto details = task_.details();
    if (!details || has_ended(details->state)) return;
    if (is_blocked_by_credentials(*details)) {
        console_.note(question(*details, find_challenge(company_.session, task_.id())));
        console_.note("  --user NAME    gives them");
        code_ = ExitCode::CredentialsNeeded;
        (void)task_.cancel();
        return;
    }
    if (details->error_text.empty() || details->error_text == standstill_) return;
    standstill_ = details->error_text;
    view_->show_standstill(standstill_);
}

ExitCode Conversation::end(const TaskDetails& details) {
    const bool is_called_off = is_interrupted_ || code_ == ExitCode::CredentialsNeeded;
    const bool is_over =
        details.state == TaskState::Finished || (is_called_off && details.state == TaskState::Cancelled);
    if (!is_called_off) view_->show_end(details);
    if (is_over) {
        const auto removed = task_.remove();
        if (removed && company_.session.identifier() == kDefaultSession)
            (void)acknowledge_leftovers(company_.client, company_.session);
    } else {
        const auto number = std::to_string(details.id.number);
        console_.note("  " + console_.command("show " + number) + "    tells all about it");
        console_.note("  " + console_.command("remove " + number) + "  forgets it");
        code_ = worst_of(code_, ExitCode::TaskFailed);
    }
    return is_interrupted_ ? ExitCode::Interrupted : code_;
}

void Conversation::fail(const Error& error) {
    code_ = worst_of(code_, console_.fail(task_.id(), error));
}

}  // namespace haul::cli
