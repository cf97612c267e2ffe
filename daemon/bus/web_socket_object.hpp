#pragma once

#include <proto/WebSocket_adaptor.h>
#include <sdbus-c++/sdbus-c++.h>

#include "bus/front_door.hpp"

namespace haul::bus {

/// /org/hauld1/task/N of a WebSocket, beside its TaskObject: see proto/org.hauld1.WebSocket.xml.
class WebSocketObject final : public sdbus::AdaptorInterfaces<org::hauld1::WebSocket_adaptor> {
public:
    WebSocketObject(sdbus::IConnection& connection, FrontDoor& door, TaskId task);
    ~WebSocketObject();

private:
    template <class... Out>
    using Reply = sdbus::Result<Out...>;

    void Send(Reply<std::uint64_t>&& reply, std::string text) override;
    void SendBytes(Reply<std::uint64_t>&& reply, std::vector<std::uint8_t> data) override;
    void Ping(Reply<std::uint64_t>&& reply) override;
    void Close(Reply<>&& reply, std::uint16_t code, std::string reason) override;
    void OpenChannel(Reply<sdbus::UnixFd>&& reply) override;

    std::string Subprotocol() override { return state().subprotocol; }
    std::uint16_t CloseCode() override { return state().close_code; }
    std::string CloseReason() override { return state().close_reason; }
    std::uint32_t Queued() override { return door_.control().queued_messages(task_); }

    model::SocketState state();

    FrontDoor& door_;
    TaskId task_;
};

}  // namespace haul::bus
