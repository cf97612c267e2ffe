#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace haul::model {

inline constexpr std::size_t kMaxChallenges = 16;       ///< of one field value
inline constexpr std::size_t kMaxChallengeScheme = 64;  ///< bytes of a scheme's name
inline constexpr std::size_t kMaxRealm = 256;           ///< bytes of a realm before it is shortened

/// One way in which a server or proxy lets itself be convinced (RFC 9110, 11.3).
struct Challenge {
    std::string scheme;  ///< lower case
    std::string realm;   ///< UTF-8 without control characters; "" where none is given
    friend bool operator==(const Challenge&, const Challenge&) = default;
};

/// The challenges of one WWW-Authenticate or Proxy-Authenticate value, in their order (RFC 9110, 11.6.1).
/// What is malformed ends the list; the challenge in which it stands counts with what it had before.
std::vector<Challenge> parse_challenges(std::string_view value);

}  // namespace haul::model
