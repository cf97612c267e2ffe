// WWW-Authenticate and Proxy-Authenticate.

#include "model/challenge.hpp"

#include <algorithm>

#include "fuzz/target.hpp"
#include "model/header_scanner.hpp"
#include "model/text.hpp"
#include "model/utf8.hpp"

namespace haul::fuzz {
namespace {

std::string quoted(std::string_view text) {
    std::string quoted{"\""};
    for (char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace

void try_input(std::string_view input) {
    auto challenges = model::parse_challenges(input);
    require(challenges.size() <= model::kMaxChallenges, "there are at most 16 challenges");
    std::string field;
    for (const auto& challenge : challenges) {
        const auto& scheme = challenge.scheme;
        require(!scheme.empty() && scheme.size() <= model::kMaxChallengeScheme,
                "a scheme's name has its bounds");
        require(std::all_of(scheme.begin(), scheme.end(), model::is_token_character), "a scheme is a token");
        require(model::to_lower(scheme) == scheme, "a scheme is in lower case");
        require(model::is_utf8(challenge.realm), "a realm is UTF-8");
        require(!model::has_control_character(challenge.realm), "a realm has no control characters");
        require(challenge.realm.size() <= model::kMaxRealm + 3, "a realm has its bound");
        if (challenge.realm.size() > model::kMaxRealm) return;
        field += scheme + " realm=" + quoted(challenge.realm) + ", ";
    }
    require(model::parse_challenges(field) == challenges, "challenges that are written again are the same");
}

}  // namespace haul::fuzz
