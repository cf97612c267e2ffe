#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "haul/error.hpp"
#include "haul/web_socket_events.hpp"

namespace haul {

/// What is in a message of a WebSocket whose messages have types: the type's name, and a value of it, in
/// whatever form a codec has values.
template <typename Payload>
struct Envelope {
    std::string type;
    Payload payload;
};

/// A type of messages: kMessageType is its name in the envelope.
template <typename T>
concept MessageType = requires {
    { T::kMessageType } -> std::convertible_to<std::string_view>;
};

/// How envelopes become messages and back. Neither throws: what cannot be decoded is an error with a
/// sentence, of the kind Protocol.
template <typename C>
concept Codec = requires(const C& codec, const Envelope<typename C::Payload>& envelope,
                         const Message& message) {
    { codec.pack(envelope) } -> std::same_as<Result<Message>>;
    { codec.unpack(message) } -> std::same_as<Result<Envelope<typename C::Payload>>>;
};

/// Whether a codec has values of this type.
template <typename C, typename T>
concept CodecFor = Codec<C> && requires(const C& codec, const T& value, const typename C::Payload& payload) {
    { codec.encode(value) } -> std::same_as<Result<typename C::Payload>>;
    { codec.template decode<T>(payload) } -> std::same_as<Result<T>>;
};

}  // namespace haul
