#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/task.hpp"

namespace haul::model {

/// Codes that say why a WebSocket was closed (RFC 6455, 7.4).
namespace close_code {
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kNone = 1005;  ///< the peer gave none; never sent
inline constexpr std::uint16_t kLost = 1006;  ///< nobody said goodbye; never sent
inline constexpr std::uint16_t kBadText = 1007;
inline constexpr std::uint16_t kTooBig = 1009;
}  // namespace close_code

/// A set of close codes, as the option "final-close-codes" has it.
class CloseCodes {
public:
    /// Those that say that another connection would fare no better: 1000, 1002 and 1003, 1007 to 1010, and
    /// those of applications.
    CloseCodes();

    /// A list of codes and ranges of them, as in "1000,3000-4999": each is 1000 to 4999. "" is no code at
    /// all. No value where it is anything else.
    static std::optional<CloseCodes> parse(std::string_view text);

    bool contains(std::uint16_t code) const;
    std::string to_text() const;

private:
    std::vector<std::pair<std::uint16_t, std::uint16_t>> ranges_;
};

/// Whether an endpoint may send this code (RFC 6455, 7.4; 1012 to 1014 by the IANA registry).
bool may_be_sent(std::uint16_t code);

/// Why a task fails whose connection ended with this code.
Reason reason_of(std::uint16_t code);

/// What happened, for people.
std::string closing_text(std::uint16_t code, std::string_view reason);

}  // namespace haul::model
