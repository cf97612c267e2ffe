#include "haul/web_socket_task.hpp"

#include "app/session_core.hpp"
#include "app/slot.hpp"
#include "haul/web_socket_handle.hpp"

namespace haul {

namespace {

Error no_more_messages(const Ending* ending) {
    std::string why = ending ? ending->error_text : "the session is not attached any more";
    if (why.empty()) why = "it is closed";
    return {.code = ErrorCode::InvalidState, .message = "no message comes: " + why, .name = {}};
}

}  // namespace

WebSocketStream::WebSocketStream(std::shared_ptr<detail::SessionCore> core,
                                 std::shared_ptr<detail::Slot<WebSocketEvent>> slot)
    : core_(std::move(core)), slot_(std::move(slot)) {}

WebSocketStream& WebSocketStream::operator=(WebSocketStream&& other) noexcept {
    std::swap(core_, other.core_);
    std::swap(slot_, other.slot_);
    return *this;
}

WebSocketStream::~WebSocketStream() {
    if (core_) core_->close_stream(slot_);
}

Next<WebSocketEvent> WebSocketStream::next(std::stop_token stop) const {
    return {slot_, std::move(stop)};
}

Async<Result<Message>> WebSocketStream::receive(std::stop_token stop) const {
    while (auto event = co_await next(stop)) {
        if (auto* message = std::get_if<Message>(&*event)) co_return std::move(*message);
        if (const auto* ending = std::get_if<Ending>(&*event))
            co_return tl::unexpected(no_more_messages(ending));
    }
    if (stop.stop_requested()) {
        co_return tl::unexpected(
            Error{.code = ErrorCode::Stopped, .message = "the wait for a message was stopped", .name = {}});
    }
    co_return tl::unexpected(no_more_messages(nullptr));
}

Pong::Pong(std::shared_ptr<detail::Slot<Result<std::chrono::microseconds>>> slot, std::stop_token stop)
    : next_(std::move(slot), std::move(stop)) {}

Pong::~Pong() = default;

bool Pong::await_suspend(std::coroutine_handle<> coroutine) {
    return next_.await_suspend(coroutine);
}

Result<std::chrono::microseconds> Pong::await_resume() {
    auto round_trip = next_.await_resume();
    if (round_trip) return *std::move(round_trip);
    return tl::unexpected(
        Error{.code = ErrorCode::Stopped, .message = "the wait for the pong was stopped", .name = {}});
}

Result<MessageNumber> WebSocketTask::send(std::string_view text) const {
    return core()->on_task(id(), [&](const TaskHandle& task) { return WebSocketHandle(task).send(text); });
}

Result<MessageNumber> WebSocketTask::send(std::span<const std::uint8_t> data) const {
    return core()->on_task(id(), [&](const TaskHandle& task) { return WebSocketHandle(task).send(data); });
}

Result<MessageNumber> WebSocketTask::send(const Message& message) const {
    return core()->on_task(id(), [&](const TaskHandle& task) { return WebSocketHandle(task).send(message); });
}

Pong WebSocketTask::ping(std::stop_token stop) const {
    return {core()->ping(id()), std::move(stop)};
}

Result<void> WebSocketTask::close(CloseCode code, std::string_view reason) const {
    return core()->on_task(id(),
                           [&](const TaskHandle& task) { return WebSocketHandle(task).close(code, reason); });
}

Result<Channel> WebSocketTask::open_channel() const {
    return core()->on_task(id(), [](const TaskHandle& task) { return WebSocketHandle(task).open_channel(); });
}

Result<std::string> WebSocketTask::subprotocol() const {
    return core()->on_task(id(), [](const TaskHandle& task) { return WebSocketHandle(task).subprotocol(); });
}

Result<WebSocketStream> WebSocketTask::events() const {
    return core()->open_stream(id()).map(
        [this](const std::shared_ptr<detail::SocketSlot>& slot) { return WebSocketStream(core(), slot); });
}

}  // namespace haul
