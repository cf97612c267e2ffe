// The part of Control about WebSockets: what clients call, and what the ear reports beside facts.

#include "base/log.hpp"
#include "control/control.hpp"
#include "control/stored_options.hpp"
#include "model/utf8.hpp"

namespace haul::control {
namespace {

Result<model::CloseWord> check_goodbye(model::CloseWord word) {
    if (word.code == 0) word.code = model::close_code::kNormal;
    if (!model::may_be_sent(word.code))
        return fail(ErrorCode::InvalidArgument,
                    "the code " + std::to_string(word.code) +
                        " may not be sent: use 1000 to 1003, 1007 to 1014 or 3000 "
                        "to 4999 (RFC 6455, 7.4)");
    if (word.reason.size() > model::kMaxCloseReason)
        return fail(ErrorCode::InvalidArgument, "the reason has " + std::to_string(word.reason.size()) +
                                                    " bytes, and at most " +
                                                    std::to_string(model::kMaxCloseReason) + " are allowed");
    if (!model::is_utf8(word.reason)) return fail(ErrorCode::InvalidArgument, "the reason is no UTF-8");
    return word;
}

}  // namespace

Result<model::Task> Control::live_socket_of(const Caller& caller, TaskId id) {
    auto task = TRY(task_of(caller, id));
    if (task.kind != model::TaskKind::WebSocket)
        return fail(ErrorCode::InvalidState, "task " + std::to_string(id.value) + " is no WebSocket");
    if (model::is_terminal(task.state))
        return fail(ErrorCode::InvalidState, "task " + std::to_string(id.value) + " is " +
                                                 std::string{model::to_word(task.state)} +
                                                 ": open another WebSocket");
    return task;
}

Result<std::uint64_t> Control::send_message(const Caller& caller, TaskId id, model::Message message) {
    auto task = TRY(live_socket_of(caller, id));
    if (task.socket.is_closing())
        return fail(ErrorCode::InvalidState,
                    "task " + std::to_string(id.value) + " was asked to close: it sends nothing new");
    return sockets_.send(std::move(task), std::move(message));
}

Result<> Control::ping(const Caller& caller, TaskId id, SocketDesk::PingReply reply) {
    TRY(live_socket_of(caller, id));
    return sockets_.ping(id, std::move(reply));
}

Result<> Control::close_socket(const Caller& caller, TaskId id, model::CloseWord word) {
    auto task = TRY(live_socket_of(caller, id));
    return turn_.note(close(std::move(task), std::move(word)));
}

Result<> Control::close(model::Task task, model::CloseWord word) {
    word = TRY(check_goodbye(std::move(word)));
    bool has_queue = TRY(sockets_.has_queue(task.id));
    TRY(life_.apply(std::move(task), model::fact::Close{word.code, std::move(word.reason), has_queue}));
    return {};
}

Result<UniqueFd> Control::open_channel(const Caller& caller, TaskId id) {
    auto task = TRY(live_socket_of(caller, id));
    return doorways_.channels.open_channel(id, model::socket_terms(load_options(task.options)));
}

bool Control::is_web_socket(TaskId id) const {
    auto task = journal_.tasks.find(id);
    return task && *task && (*task)->kind == model::TaskKind::WebSocket;
}

std::uint32_t Control::queued_messages(TaskId id) const {
    auto amount = journal_.outbox.amount(id);
    return amount ? static_cast<std::uint32_t>(amount->messages) : 0;
}

void Control::on_channel(ports::ChannelReport report) {
    take(std::move(report));
}

/// Of an attempt that was ended meanwhile, messages count all the same: the peer has sent them.
Result<> Control::serve(const ports::ChannelReport& report) {
    auto task = TRY(journal_.tasks.find(report.task));
    if (!task || model::is_terminal(task->state)) return {};
    if (const auto* received = std::get_if<ports::Received>(&report.what))
        return sockets_.on_received(*task, *received, report.attempt);
    if (const auto* sent = std::get_if<ports::Sent>(&report.what))
        return sockets_.on_sent(*task, sent->number);
    if (const auto* ponged = std::get_if<ports::Ponged>(&report.what)) {
        sockets_.on_ponged(report.task, *ponged);
        return {};
    }
    auto closed = close(std::move(*task), std::get<ports::CloseAsked>(report.what).word);
    if (!closed && closed.error().code == ErrorCode::JournalUnavailable) return closed;
    if (!closed)
        log::info("control: a goodbye by the channel is refused: {} task={}", closed.error().message,
                  report.task.value);
    return {};
}

}  // namespace haul::control
