#include "bus/web_socket_object.hpp"

namespace haul::bus {

using control::Caller;

WebSocketObject::WebSocketObject(sdbus::IConnection& connection, FrontDoor& door, TaskId task)
    : AdaptorInterfaces(connection, task_path(task)), door_(door), task_(task) {
    registerAdaptor();
}

WebSocketObject::~WebSocketObject() {
    unregisterAdaptor();
}

void WebSocketObject::Send(Reply<std::uint64_t>&& reply, std::string text) {
    door_.answer(std::move(reply), [&](const Caller& caller) {
        return door_.control().send_message(caller, task_, {.is_text = true, .body = std::move(text)});
    });
}

void WebSocketObject::SendBytes(Reply<std::uint64_t>&& reply, std::vector<std::uint8_t> data) {
    door_.answer(std::move(reply), [&](const Caller& caller) {
        return door_.control().send_message(caller, task_,
                                            {.is_text = false, .body = {data.begin(), data.end()}});
    });
}

/// Its reply comes with the pong, which no turn of ours decides: so it is handed to control.
void WebSocketObject::Ping(Reply<std::uint64_t>&& reply) {
    const auto& caller = door_.caller();
    if (!caller) return reply.returnError(to_bus_error(caller.error()));
    auto shared = std::make_shared<Reply<std::uint64_t>>(std::move(reply));
    auto sent =
        door_.control().ping(*caller, task_, [shared, object = door_.object()](Result<Duration> round_trip) {
            FrontDoor::send(*shared, round_trip.map([](Duration time) {
                return static_cast<std::uint64_t>(time.count());
            }));
        });
    if (!sent) shared->returnError(to_bus_error(sent.error()));
}

void WebSocketObject::Close(Reply<>&& reply, std::uint16_t code, std::string reason) {
    door_.answer(std::move(reply), [&](const Caller& caller) {
        return door_.control().close_socket(caller, task_, {.code = code, .reason = std::move(reason)});
    });
}

void WebSocketObject::OpenChannel(Reply<sdbus::UnixFd>&& reply) {
    door_.answer(std::move(reply), [&](const Caller& caller) -> Result<sdbus::UnixFd> {
        return sdbus::UnixFd{TRY(door_.control().open_channel(caller, task_)).release(), sdbus::adopt_fd};
    });
}

/// As TaskObject::view.
model::SocketState WebSocketObject::state() {
    auto view = door_.control().view(task_);
    if (!view) throw to_bus_error(view.error());
    return std::move(view->task.socket);
}

}  // namespace haul::bus
