#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "haul/async.hpp"
#include "haul/codec.hpp"
#include "haul/error.hpp"
#include "haul/web_socket_task.hpp"

namespace haul {

/// A message that is none of the types that were asked for, or does not decode: an event like others, since
/// what a peer sends is no failure of the program that reads it.
struct Undecoded {
    Message message;
    std::string error_text;  ///< why: a sentence for people
};

/// What a TypedStream gives: a value of one of the types where a WebSocketStream has a Message.
template <MessageType... Types>
using TypedEvent =
    std::variant<Types..., Undecoded, Opened, MessagesDropped, Sent, Closed, Hindrance, Ending>;

/// What an event is with its message decoded.
template <MessageType... Types, Codec C>
TypedEvent<Types...> to_typed(const C& codec, WebSocketEvent event) {
    using Event = TypedEvent<Types...>;
    auto* message = std::get_if<Message>(&event);
    if (!message) {
        return std::visit(
            [](auto other) -> Event {
                if constexpr (std::is_same_v<decltype(other), Message>)
                    return Undecoded{std::move(other), {}};
                else
                    return other;
            },
            std::move(event));
    }
    auto envelope = codec.unpack(*message);
    if (!envelope) return Undecoded{std::move(*message), std::move(envelope.error().message)};
    std::optional<Event> typed;
    const auto try_type = [&]<typename T>(std::type_identity<T>) {
        if (typed || envelope->type != T::kMessageType) return;
        auto value = codec.template decode<T>(envelope->payload);
        if (value)
            typed.emplace(std::in_place_type<T>, std::move(*value));
        else
            typed.emplace(Undecoded{std::move(*message), std::move(value.error().message)});
    };
    (try_type(std::type_identity<Types>()), ...);
    if (typed) return *std::move(typed);
    return Undecoded{std::move(*message), "\"" + envelope->type + "\" is no type of message known here"};
}

/// A WebSocketStream whose messages are values.
template <Codec C, MessageType... Types>
class TypedStream {
public:
    TypedStream(WebSocketStream stream, C codec) : stream_(std::move(stream)), codec_(std::move(codec)) {}

    /// See WebSocketStream::next; the stream outlives the wait.
    Async<std::optional<TypedEvent<Types...>>> next(std::stop_token stop = {}) const {
        auto event = co_await stream_.next(std::move(stop));
        if (!event) co_return std::nullopt;
        co_return to_typed<Types...>(codec_, *std::move(event));
    }

private:
    WebSocketStream stream_;
    C codec_;
};

/// A WebSocket both of whose ends send values of types that they know, each in an envelope with its type's
/// name. JsonWebSocket, in json_codec.hpp, is the usual one.
template <Codec C, MessageType... Types>
requires(CodecFor<C, Types>&&...) class TypedWebSocket {
public:
    explicit TypedWebSocket(WebSocketTask task, C codec = {})
        : task_(std::move(task)), codec_(std::move(codec)) {}

    const WebSocketTask& task() const { return task_; }

    /// See WebSocketHandle::send; InvalidArgument for a value that cannot be encoded.
    template <MessageType T>
    requires CodecFor<C, T> Result<MessageNumber> send(const T& value)
    const {
        return codec_.encode(value)
            .and_then([&](auto&& payload) {
                return codec_.pack({.type = std::string(std::string_view(T::kMessageType)),
                                    .payload = std::forward<decltype(payload)>(payload)});
            })
            .and_then([&](const Message& message) { return task_.send(message); });
    }

    /// See WebSocketTask::events.
    Result<TypedStream<C, Types...>> events() const {
        return task_.events().map(
            [&](WebSocketStream&& stream) { return TypedStream<C, Types...>(std::move(stream), codec_); });
    }

private:
    WebSocketTask task_;
    C codec_;
};

/// What std::visit takes for the alternatives of an event: `std::visit(haul::Overloaded{…}, event)`.
template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace haul
