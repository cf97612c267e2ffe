#include "model/close_codes.hpp"

#include <algorithm>

#include "model/text.hpp"
#include "model/utf8.hpp"

namespace haul::model {
namespace {

constexpr std::uint16_t kFirstOfApplications = 3000;
constexpr std::uint16_t kLast = 4999;

std::optional<std::uint16_t> parse_code(std::string_view text) {
    auto number = parse_number(text);
    bool is_code = number && *number >= close_code::kNormal && *number <= kLast;
    return is_code ? std::optional{static_cast<std::uint16_t>(*number)} : std::nullopt;
}

}  // namespace

CloseCodes::CloseCodes()
    : ranges_{{close_code::kNormal, close_code::kNormal},
              {close_code::kProtocolError, 1003},
              {close_code::kBadText, 1010},
              {kFirstOfApplications, kLast}} {}

std::optional<CloseCodes> CloseCodes::parse(std::string_view text) {
    CloseCodes codes;
    codes.ranges_.clear();
    for (const auto& part : split(text, ',')) {
        auto dash = part.find('-');
        auto first = parse_code(std::string_view{part}.substr(0, dash));
        auto last = dash == part.npos ? first : parse_code(std::string_view{part}.substr(dash + 1));
        if (!first || !last || *last < *first) return std::nullopt;
        codes.ranges_.emplace_back(*first, *last);
    }
    return codes;
}

bool CloseCodes::contains(std::uint16_t code) const {
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [&](const auto& range) { return code >= range.first && code <= range.second; });
}

std::string CloseCodes::to_text() const {
    std::string text;
    for (const auto& [first, last] : ranges_) {
        text += (text.empty() ? "" : ",") + std::to_string(first);
        if (last > first) text += "-" + std::to_string(last);
    }
    return text;
}

bool may_be_sent(std::uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= kFirstOfApplications && code <= kLast);
}

Reason reason_of(std::uint16_t code) {
    switch (code) {
        case close_code::kLost:
            return Reason::Connection;
        case close_code::kProtocolError:
        case 1003:
        case close_code::kBadText:
        case 1010:
            return Reason::Protocol;
        case close_code::kTooBig:
            return Reason::Limit;
        default:
            return Reason::Rejected;
    }
}

std::string closing_text(std::uint16_t code, std::string_view reason) {
    if (code == close_code::kLost) return "the connection was lost";
    if (code == close_code::kNone) return "the server closed the connection without a code";
    auto text = "the connection was closed with code " + std::to_string(code);
    return reason.empty() ? text : text + ": " + to_bus_string(reason);
}

}  // namespace haul::model
