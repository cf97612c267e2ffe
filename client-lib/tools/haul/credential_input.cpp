#include "credential_input.hpp"

#include <utility>

#include "secret.hpp"

namespace haul::cli {

namespace {

tl::unexpected<Error> refuse_credential(std::string message) {
    return tl::unexpected(
        Error{.code = ErrorCode::InvalidArgument, .message = std::move(message), .name = {}});
}

}  // namespace

std::optional<Credential> ask_credential(AuthScheme scheme, const std::string& user) {
    Credential credential{.scheme = scheme, .user = user, .secret = {}};
    if (scheme != AuthScheme::Bearer && user.empty()) {
        auto name = ask("User: ", Echo::On);
        if (!name || name->empty()) return std::nullopt;
        credential.user = std::move(*name);
    }
    const auto whose = credential.user.empty() ? std::string() : " of " + credential.user;
    auto secret = ask(scheme == AuthScheme::Bearer ? "Token: " : "Password" + whose + ": ", Echo::Off);
    if (!secret || secret->empty()) return std::nullopt;
    credential.secret = std::move(*secret);
    return credential;
}

Result<Credential> read_credential(AuthScheme scheme, const std::string& user,
                                   const std::optional<std::filesystem::path>& file) {
    if (file) {
        if (scheme != AuthScheme::Bearer && user.empty())
            return refuse_credential(
                "whose password is it? Say so with --user NAME, or that it is a token with --scheme bearer");
        return read_secret(*file).map([&](std::string&& secret) {
            return Credential{.scheme = scheme, .user = user, .secret = std::move(secret)};
        });
    }
    if (!can_ask()) {
        return refuse_credential(
            "there is no terminal to ask for the password on; put it into a file and name that with "
            "--password-file FILE, - for standard input");
    }
    auto credential = ask_credential(scheme, user);
    if (!credential) return refuse_credential("nothing was given");
    return std::move(*credential);
}

}  // namespace haul::cli
