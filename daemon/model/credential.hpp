#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/challenge.hpp"

namespace haul::model {

inline constexpr std::uint16_t kUnauthorized = 401;
inline constexpr std::uint16_t kProxyAuthenticationRequired = 407;

/// How a client proves who it is (RFC 7617, 7616, 6750).
enum class AuthScheme : std::uint8_t {
    Any,  ///< Digest where the challenge offers it, else Basic
    Basic,
    Digest,
    Bearer,
};

/// What a client gave with ProvideCredential: a secret.
struct Credential {
    AuthScheme scheme = AuthScheme::Any;
    std::string user;  ///< none for Bearer
    std::string secret;

    bool is_given() const { return !secret.empty() || !user.empty(); }
};

std::string_view to_word(AuthScheme scheme);  ///< "" for Any

/// For whom a credential is: "digest" is for the server, "proxy-digest" for the proxy.
struct CredentialTarget {
    AuthScheme scheme{};
    bool is_for_proxy = false;
};
/// Errors: InvalidArgument for a word that names no scheme.
Result<CredentialTarget> parse_credential_target(std::string_view word);

/// Checks length and characters. Errors: InvalidArgument, which never shows the value.
Result<> check_credential(const Credential& credential);

/// The challenge that is answered best: Digest's before Basic's before Bearer's before any other; nullptr
/// where there is none at all.
const Challenge* best_challenge(const std::vector<Challenge>& challenges);

}  // namespace haul::model
