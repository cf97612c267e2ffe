#include "model/credential.hpp"

#include <algorithm>
#include <array>

#include "model/limits.hpp"
#include "model/text.hpp"

namespace haul::model {
namespace {

constexpr std::array kSchemes{AuthScheme::Any, AuthScheme::Basic, AuthScheme::Digest, AuthScheme::Bearer};

}  // namespace

std::string_view to_word(AuthScheme scheme) {
    switch (scheme) {
        case AuthScheme::Any:
            return "";
        case AuthScheme::Basic:
            return "basic";
        case AuthScheme::Digest:
            return "digest";
        case AuthScheme::Bearer:
            return "bearer";
    }
    return "";
}

Result<CredentialTarget> parse_credential_target(std::string_view word) {
    constexpr std::string_view kProxy = "proxy-";
    bool is_for_proxy = word.starts_with(kProxy);
    auto rest = is_for_proxy ? word.substr(kProxy.size()) : word;
    for (auto scheme : kSchemes)
        if (to_word(scheme) == rest && !(is_for_proxy && scheme == AuthScheme::Bearer))
            return CredentialTarget{scheme, is_for_proxy};
    return fail(ErrorCode::InvalidArgument, "\"" + printable(word, 64) +
                                                "\" is no scheme: use basic, digest, bearer, proxy-basic, "
                                                "proxy-digest or an empty string for what the server offers");
}

Result<> check_credential(const Credential& credential) {
    if (credential.user.size() > kMaxCredential || credential.secret.size() > kMaxCredential)
        return fail(ErrorCode::InvalidArgument,
                    "user and secret have at most " + std::to_string(kMaxCredential) + " bytes each");
    if (has_control_character(credential.user) || has_control_character(credential.secret))
        return fail(ErrorCode::InvalidArgument, "user and secret have no control characters: leave them out");
    if (credential.user.find(':') != std::string::npos && credential.scheme != AuthScheme::Digest)
        return fail(ErrorCode::InvalidArgument, "the user name has a colon in it, which Basic can't carry");
    if (credential.scheme == AuthScheme::Bearer && credential.secret.empty())
        return fail(ErrorCode::InvalidArgument, "a bearer token is the secret: give it as such");
    if (!credential.is_given()) return fail(ErrorCode::InvalidArgument, "neither user nor secret is given");
    return {};
}

const Challenge* best_challenge(const std::vector<Challenge>& challenges) {
    for (std::string_view scheme : {"digest", "basic", "bearer"}) {
        auto found = std::find_if(challenges.begin(), challenges.end(),
                                  [&](const auto& challenge) { return challenge.scheme == scheme; });
        if (found != challenges.end()) return &*found;
    }
    return challenges.empty() ? nullptr : &challenges.front();
}

}  // namespace haul::model
