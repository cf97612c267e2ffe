#pragma once

/// Needs nlohmann-json (3.9 or later), which the rest of the library does without; haul.hpp leaves this
/// header out.

#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "haul/codec.hpp"
#include "haul/error.hpp"
#include "haul/typed_web_socket.hpp"

namespace haul {

/// Values as JSON, in text messages {"type": "…", "payload": …}; incoming ones may also be binary (UTF-8). A
/// type has what nlohmann-json wants: to_json and from_json, or NLOHMANN_DEFINE_TYPE_INTRUSIVE.
class JsonCodec {
public:
    using Payload = nlohmann::json;

    Result<Message> pack(const Envelope<Payload>& envelope) const {
        return guarded<Message>(ErrorCode::InvalidArgument, [&] {
            return Message{Payload{{"type", envelope.type}, {"payload", envelope.payload}}.dump()};
        });
    }

    Result<Envelope<Payload>> unpack(const Message& message) const {
        return guarded<Envelope<Payload>>(ErrorCode::Protocol, [&]() -> Envelope<Payload> {
            auto json = Payload::parse(message.bytes());
            return {.type = json.at("type").get<std::string>(), .payload = std::move(json["payload"])};
        });
    }

    template <typename T>
    Result<Payload> encode(const T& value) const {
        return guarded<Payload>(ErrorCode::InvalidArgument, [&] { return Payload(value); });
    }

    template <typename T>
    Result<T> decode(const Payload& payload) const {
        return guarded<T>(ErrorCode::Protocol, [&] { return payload.get<T>(); });
    }

private:
    /// nlohmann-json, and what applications write for it, throw.
    template <typename T, typename Function>
    static Result<T> guarded(ErrorCode code, Function function) {
        try {
            return function();
        } catch (const std::exception& thrown) {
            return tl::unexpected(Error{.code = code, .message = thrown.what(), .name = {}});
        }
    }
};

/// A WebSocket whose messages are these types, as JSON.
template <MessageType... Types>
using JsonWebSocket = TypedWebSocket<JsonCodec, Types...>;

}  // namespace haul
