#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "haul/close_code.hpp"
#include "haul/details.hpp"
#include "haul/export.hpp"
#include "haul/types.hpp"

namespace haul {

/// One message (RFC 6455, section 5.6). Text is UTF-8.
struct HAUL_API Message {
    std::variant<std::string, std::vector<std::uint8_t>> content;

    /// Null for a message of the other type.
    const std::string* text() const { return std::get_if<std::string>(&content); }
    const std::vector<std::uint8_t>* data() const { return std::get_if<std::vector<std::uint8_t>>(&content); }
    /// Its bytes, whatever it is.
    std::string_view bytes() const;

    friend bool operator==(const Message&, const Message&) = default;
};

inline std::string_view Message::bytes() const {
    if (const auto* words = text()) return *words;
    // char may look at anything.
    return {reinterpret_cast<const char*>(data()->data()), data()->size()};
}

/// The number of an outgoing message of a task, from 1.
using MessageNumber = Serial<struct MessageTag>;

/// What an "opened" event tells: there is a connection.
struct HAUL_API Opened {
    std::string url;          ///< without user info and query
    std::string subprotocol;  ///< the one that the server chose; empty: none
};

/// What a "messages-dropped" event tells: it stands in the place of so many messages.
struct HAUL_API MessagesDropped {
    std::uint64_t count;
};

/// What a "sent" event tells: this message, and all before it, are handed to the kernel.
struct HAUL_API Sent {
    MessageNumber last;
};

/// What a "closed" event tells: a connection has ended, and the task goes on where it may connect again.
struct HAUL_API Closed {
    CloseCode code;
    std::string reason;      ///< the peer's; at most 123 bytes
    bool clean;              ///< whether both sides said goodbye
    std::string error_text;  ///< a sentence for people
};

/// Nothing for an event of another type.
HAUL_API std::optional<Opened> to_opened(const Event& event);
HAUL_API std::optional<Message> to_message(const Event& event);
HAUL_API std::optional<MessagesDropped> to_messages_dropped(const Event& event);
HAUL_API std::optional<Sent> to_sent(const Event& event);
HAUL_API std::optional<Closed> to_closed(const Event& event);

}  // namespace haul
