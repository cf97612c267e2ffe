#include "haul/web_socket_handle.hpp"

#include "connection.hpp"
#include "text.hpp"

namespace haul {

namespace {

using detail::WebSocketProxy;

}  // namespace

Result<MessageNumber> WebSocketHandle::send(std::string_view text) const {
    return detail::check_text("message", text).and_then([&] {
        return connection()->on_web_socket(
            path(), [&](WebSocketProxy& socket) { return MessageNumber{socket.Send(std::string(text))}; });
    });
}

Result<MessageNumber> WebSocketHandle::send(std::span<const std::uint8_t> data) const {
    return connection()->on_web_socket(path(), [&](WebSocketProxy& socket) {
        return MessageNumber{socket.SendBytes({data.begin(), data.end()})};
    });
}

Result<MessageNumber> WebSocketHandle::send(const Message& message) const {
    return std::visit([this](const auto& content) { return send(content); }, message.content);
}

Result<std::chrono::microseconds> WebSocketHandle::ping() const {
    return connection()->on_web_socket(path(), [](WebSocketProxy& socket) {
        std::uint64_t round_trip = 0;
        // The end of the connection answers too, so no ping waits for ever.
        socket.getProxy()
            .callMethod("Ping")
            .onInterface(WebSocketProxy::INTERFACE_NAME)
            .withTimeout(detail::kNoTimeout)
            .storeResultsTo(round_trip);
        return std::chrono::microseconds(round_trip);
    });
}

Result<void> WebSocketHandle::close(CloseCode code, std::string_view reason) const {
    return detail::check_text("reason", reason).and_then([&] {
        return connection()->on_web_socket(path(), [&](WebSocketProxy& socket) {
            socket.Close(static_cast<std::uint16_t>(code), std::string(reason));
        });
    });
}

Result<Channel> WebSocketHandle::open_channel() const {
    return connection()->on_web_socket(
        path(), [](WebSocketProxy& socket) { return Channel(File(socket.OpenChannel().release())); });
}

Result<std::string> WebSocketHandle::subprotocol() const {
    return connection()->on_web_socket(path(), [](WebSocketProxy& socket) { return socket.Subprotocol(); });
}

Result<CloseCode> WebSocketHandle::close_code() const {
    return connection()->on_web_socket(path(),
                                       [](WebSocketProxy& socket) { return CloseCode{socket.CloseCode()}; });
}

Result<std::string> WebSocketHandle::close_reason() const {
    return connection()->on_web_socket(path(), [](WebSocketProxy& socket) { return socket.CloseReason(); });
}

Result<std::uint32_t> WebSocketHandle::queued() const {
    return connection()->on_web_socket(path(), [](WebSocketProxy& socket) { return socket.Queued(); });
}

}  // namespace haul
