#include "haul/web_socket_events.hpp"

#include <utility>

#include "event_values.hpp"

namespace haul {

namespace {

using detail::find;
using detail::take;

}  // namespace

std::optional<Opened> to_opened(const Event& event) {
    if (event.type != "opened") return std::nullopt;
    return Opened{.url = take<std::string>(event, "url"),
                  .subprotocol = take<std::string>(event, "subprotocol")};
}

std::optional<Message> to_message(const Event& event) {
    if (event.type != "message") return std::nullopt;
    if (auto text = find<std::string>(event, "text")) return Message{std::move(*text)};
    auto data = take<std::vector<std::uint8_t>>(event, "data");
    // A text with a NUL, which a D-Bus string cannot have.
    if (take<std::string>(event, "type") == "text") return Message{std::string(data.begin(), data.end())};
    return Message{std::move(data)};
}

std::optional<MessagesDropped> to_messages_dropped(const Event& event) {
    if (event.type != "messages-dropped") return std::nullopt;
    return MessagesDropped{.count = take<std::uint64_t>(event, "messages")};
}

std::optional<Sent> to_sent(const Event& event) {
    if (event.type != "sent") return std::nullopt;
    return Sent{.last = {take<std::uint64_t>(event, "number")}};
}

std::optional<Closed> to_closed(const Event& event) {
    if (event.type != "closed") return std::nullopt;
    return Closed{
        .code = CloseCode(take<std::uint64_t>(event, "code")),
        .reason = take<std::string>(event, "close-reason"),
        .clean = take<bool>(event, "clean"),
        .error_text = take<std::string>(event, "error-text"),
    };
}

}  // namespace haul
