#pragma once

#include <string>

namespace haul {

/// How a server or proxy is told who asks (RFC 7617, 7616, 6750).
enum class AuthScheme {
    Best,  ///< the safest that the challenge offers; Bearer where there is no user
    Basic,
    Digest,
    Bearer,
    ProxyBasic,
    ProxyDigest,
};

/// An answer to a challenge. The daemon never shows it, and forgets it when the task ends.
struct Credential {
    AuthScheme scheme = AuthScheme::Best;
    std::string user = {};  ///< empty with AuthScheme::Bearer
    std::string secret;     ///< a password, or the token
};

}  // namespace haul
