#include "haul/close_code.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace haul {

namespace {

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

}  // namespace haul
