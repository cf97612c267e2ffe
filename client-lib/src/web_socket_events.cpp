#include "haul/web_socket_events.hpp"

#include <array>
#include <utility>

#include "event_values.hpp"

namespace haul {

namespace {

using detail::find;
using detail::take;

constexpr std::array kCloseCodes{
    std::pair{CloseCode::None, std::string_view("not closed")},
    std::pair{CloseCode::Normal, std::string_view("normal")},
    std::pair{CloseCode::GoingAway, std::string_view("going away")},
    std::pair{CloseCode::ProtocolError, std::string_view("protocol error")},
    std::pair{CloseCode::UnsupportedData, std::string_view("unsupported data")},
    std::pair{CloseCode::NoCode, std::string_view("no code")},
    std::pair{CloseCode::Lost, std::string_view("lost")},
    std::pair{CloseCode::InvalidPayload, std::string_view("invalid payload")},
    std::pair{CloseCode::PolicyViolation, std::string_view("policy violation")},
    std::pair{CloseCode::MessageTooBig, std::string_view("message too big")},
    std::pair{CloseCode::ExtensionNeeded, std::string_view("extension needed")},
    std::pair{CloseCode::InternalError, std::string_view("internal error")},
    std::pair{CloseCode::ServiceRestart, std::string_view("service restart")},
    std::pair{CloseCode::TryAgainLater, std::string_view("try again later")},
    std::pair{CloseCode::BadGateway, std::string_view("bad gateway")},
};

}  // namespace

std::string to_string(CloseCode code) {
    auto text = std::to_string(static_cast<std::uint16_t>(code));
    for (const auto& [known, name] : kCloseCodes) {
        if (known == code) return text.append(" (").append(name).append(")");
    }
    return text;
}

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
