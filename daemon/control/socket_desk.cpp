#include "control/socket_desk.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "control/stored_options.hpp"
#include "model/limits.hpp"

namespace haul::control {
namespace {

constexpr Bytes kWindow = 1024 * 1024;  // bytes of messages that the ear has and has not sent
constexpr EventNumber kAll{INT64_MAX};
constexpr model::Bulk kAhead{.messages = 1'024, .bytes = 1024 * 1024};  // on its way into the journal

}  // namespace

SocketDesk::Line* SocketDesk::find(TaskId task) {
    auto found = lines_.find(task);
    return found == lines_.end() ? nullptr : &found->second;
}

Result<std::uint64_t> SocketDesk::send(model::Task task, model::Message message) {
    auto terms = model::socket_terms(load_options(task.options));
    if (message.body.size() > terms.max_message)
        return fail(ErrorCode::InvalidArgument, "the message has " + std::to_string(message.body.size()) +
                                                    " bytes and \"max-message\" is " +
                                                    std::to_string(terms.max_message) +
                                                    ": send less, or set that option");
    auto queued = TRY(journal_.outbox.amount(task.id));
    if (queued.messages >= model::kMaxOutboxMessages ||
        queued.bytes + message.body.size() > model::kMaxOutboxBytes)
        return fail(ErrorCode::LimitExceeded,
                    std::to_string(queued.messages) + " messages with " + std::to_string(queued.bytes) +
                        " bytes are queued, which is the limit: send on when an event "
                        "\"sent\" has come");
    TRY(turn_.open());
    auto number = ++task.socket.last_number;
    TRY(turn_.note(journal_.tasks.update(task)));
    TRY(turn_.note(journal_.outbox.insert(task.id, {number, std::move(message)})));
    turn_.after_commit([this, id = task.id] { hand_out(id); });
    return number;
}

Result<> SocketDesk::ping(TaskId task, PingReply reply) {
    auto* line = find(task);
    if (!line || !line->is_open)
        return fail(ErrorCode::InvalidState, "task " + std::to_string(task.value) +
                                                 " is not connected now: wait for its event \"opened\"");
    if (line->pings.size() >= model::kMaxPings)
        return fail(ErrorCode::LimitExceeded,
                    std::to_string(line->pings.size()) + " pings wait for their pongs, which is the limit");
    auto number = ++last_ping_;
    line->pings.emplace(number, std::move(reply));
    doorways_.channels.ping(task, line->attempt, number);
    return {};
}

Result<bool> SocketDesk::has_queue(TaskId task) const {
    return TRY(journal_.outbox.amount(task)).messages > 0;
}

void SocketDesk::begin(const model::Task& task, const model::SocketTerms& terms) {
    auto& line = lines_[task.id] = {};
    line.session = task.session;
    line.attempt = task.attempts;
    line.terms = terms;
    if (auto counted = count(task.id, line); !counted) log::error("control: {}", counted.error().message);
    allow(task.id);
}

Result<> SocketDesk::count(TaskId task, Line& line) const {
    line.inbox = {};
    for (const auto& inbox : TRY(journal_.events.inboxes(line.session, kAll)))
        if (inbox.task == task) line.inbox = {inbox.messages, inbox.bytes};
    return {};
}

void SocketDesk::recount() {
    for (auto& [task, line] : lines_) {
        if (auto counted = count(task, line); !counted) log::error("control: {}", counted.error().message);
        allow(task);
    }
}

void SocketDesk::on_opened(const model::Task& task) {
    auto* line = find(task.id);
    if (!line) return;
    line->is_open = true;
    if (task.socket.is_closing()) line->goodbye = {task.socket.closing_code, task.socket.closing_reason};
    hand_out(task.id);
}

void SocketDesk::say_goodbye(TaskId task, model::CloseWord word) {
    if (auto* line = find(task)) line->goodbye = std::move(word);
    hand_out(task);
}

void SocketDesk::end(TaskId task, Attempt attempt) {
    auto found = lines_.find(task);
    if (found == lines_.end() || found->second.attempt != attempt) return;
    auto pings = std::move(found->second.pings);
    lines_.erase(found);
    for (auto& [number, reply] : pings)
        reply(fail(ErrorCode::InvalidState, "the connection ended before the pong was there"));
}

/// Gives the ear what it has room for, and behind the last message the goodbye.
void SocketDesk::hand_out(TaskId task) {
    auto* line = find(task);
    if (!line || !line->is_open) return;
    while (line->under_way < kWindow) {
        auto messages = journal_.outbox.list(task, line->handed, kWindow - line->under_way);
        if (!messages) return log::error("control: {}", messages.error().message);
        if (messages->empty()) break;
        line->handed = messages->back().number;
        for (const auto& message : *messages) {
            line->under_way += message.message.body.size();
            line->sizes.emplace_back(message.number, message.message.body.size());
        }
        doorways_.channels.send(task, line->attempt, std::move(*messages));
    }
    if (line->goodbye && line->under_way < kWindow)
        doorways_.channels.close(task, line->attempt, *std::exchange(line->goodbye, std::nullopt));
}

Result<> SocketDesk::on_sent(const model::Task& task, std::uint64_t number) {
    TRY(turn_.open());
    TRY(turn_.note(journal_.outbox.remove_up_to(task.id, number)));
    // The newest says what the ones before it did.
    TRY(turn_.note(journal_.events.remove_sent(task.session, task.id)));
    TRY(turn_.note(pump_.record(task.session, task.id, {model::EventType::Sent, {{"number", number}}},
                                doorways_.clock.now())));
    book_.touch(task.session);
    auto* line = find(task.id);
    while (line && !line->sizes.empty() && line->sizes.front().first <= number) {
        line->under_way -= line->sizes.front().second;
        line->sizes.pop_front();
    }
    turn_.after_commit([this, id = task.id] { hand_out(id); });
    return {};
}

Result<> SocketDesk::on_received(const model::Task& task, const ports::Received& report, Attempt attempt) {
    TRY(turn_.open());
    auto now = doorways_.clock.now();
    auto* line = find(task.id);
    model::Bulk came{.messages = report.messages.size()};
    for (const auto& message : report.messages) {
        came.bytes += message.body.size();
        auto bytes = TRY(turn_.note(pump_.record(
            task.session, task.id, {model::EventType::Message, model::message_details(message), true}, now)));
        if (!line) continue;
        ++line->inbox.messages;
        line->inbox.bytes += bytes;
    }
    book_.touch(task.session);
    if (line) TRY(turn_.note(make_room(task.id, *line)));
    turn_.after_commit([this, id = task.id, attempt, came] {
        auto* current = find(id);
        if (current && current->attempt == attempt) {
            current->received.messages += came.messages;
            current->received.bytes += came.bytes;
        }
        allow(id);
    });
    return {};
}

/// Where the client wants it so, the oldest messages go.
Result<> SocketDesk::make_room(TaskId task, Line& line) {
    if (line.terms.overflow != model::Overflow::DropOldest) return {};
    while (line.inbox.messages > line.terms.inbox_messages || line.inbox.bytes > line.terms.inbox_bytes) {
        auto most = std::uint64_t{line.terms.inbox_messages};
        auto surplus = line.inbox.messages > most ? line.inbox.messages - most : std::uint64_t{1};
        auto dropped = TRY(journal_.events.drop_messages(line.session, task, surplus));
        if (dropped.messages == 0) break;
        line.inbox.messages -= dropped.messages;
        line.inbox.bytes -= std::min(line.inbox.bytes, dropped.bytes);
    }
    return {};
}

/// The ear may bring what the inbox has room for, but not much before that is in the journal. Nothing of live
/// delivery comes this way.
void SocketDesk::allow(TaskId task) {
    auto* line = find(task);
    if (!line || line->terms.delivery == model::Delivery::Live) return;
    bool is_endless = line->terms.overflow == model::Overflow::DropOldest;
    auto room = [&](std::uint64_t limit, std::uint64_t used, std::uint64_t most) {
        return is_endless ? most : std::min(limit - std::min(limit, used), most);
    };
    doorways_.channels.allow(
        task, line->attempt,
        {.messages = line->received.messages +
                     room(line->terms.inbox_messages, line->inbox.messages, kAhead.messages),
         .bytes = line->received.bytes + room(line->terms.inbox_bytes, line->inbox.bytes, kAhead.bytes)});
}

Result<> SocketDesk::on_acknowledge(SessionId session, EventNumber number) {
    bool has_lines = std::any_of(lines_.begin(), lines_.end(),
                                 [&](const auto& entry) { return entry.second.session == session; });
    if (!has_lines) return {};
    for (const auto& gone : TRY(journal_.events.inboxes(session, number))) {
        auto* line = find(gone.task);
        if (!line) continue;
        line->inbox.messages -= std::min(line->inbox.messages, gone.messages);
        line->inbox.bytes -= std::min(line->inbox.bytes, gone.bytes);
        turn_.after_commit([this, id = gone.task] { allow(id); });
    }
    return {};
}

void SocketDesk::on_ponged(TaskId task, const ports::Ponged& report) {
    auto* line = find(task);
    if (!line) return;
    auto ping = line->pings.extract(report.ping);
    if (!ping.empty()) ping.mapped()(report.round_trip);
}

}  // namespace haul::control
