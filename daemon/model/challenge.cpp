#include "model/challenge.hpp"

#include "model/header_scanner.hpp"
#include "model/text.hpp"
#include "model/utf8.hpp"

namespace haul::model {
namespace {

bool is_token68_character(char c) {
    return c == '/' ||
           (is_token_character(c) && std::string_view{"!#$%&'*^`|"}.find(c) == std::string_view::npos);
}

/// Passes over a token68 (RFC 9110, 11.2) that the list ends with or goes on behind; false where there is
/// none.
bool skip_token68(HeaderScanner& scanner) {
    auto ahead = scanner;
    bool any = false;
    while (!ahead.at_end() && is_token68_character(ahead.rest().front()))
        any = ahead.skip(ahead.rest().front());
    while (any && ahead.skip('=')) {
    }
    ahead.skip_blanks();
    if (!any || (!ahead.at_end() && !ahead.rest().starts_with(','))) return false;
    scanner = ahead;
    return true;
}

/// What a client may be shown of a realm.
std::string to_text(std::string_view realm) {
    auto text = utf8_from_field(realm);
    return has_control_character(text) ? printable(text, kMaxRealm) : shorten(text, kMaxRealm);
}

enum class Parameter { Taken, None, Malformed };

/// Takes an auth-param (RFC 9110, 11.2) where one comes next; "None" leaves the scanner where it is.
Parameter take_parameter(HeaderScanner& scanner, Challenge& challenge) {
    auto ahead = scanner;
    auto name = to_lower(ahead.token());
    ahead.skip_blanks();
    if (name.empty() || !ahead.skip('=')) return Parameter::None;
    ahead.skip_blanks();
    auto value = ahead.word();
    if (!value) return Parameter::Malformed;
    if (name == "realm" && challenge.realm.empty()) challenge.realm = to_text(*value);
    ahead.skip_blanks();
    scanner = ahead;
    return Parameter::Taken;
}

/// Takes what follows a scheme's name, up to the next challenge. False where it is malformed.
bool take_parameters(HeaderScanner& scanner, Challenge& challenge) {
    if (!scanner.at_end() && !scanner.rest().starts_with(' ') && !scanner.rest().starts_with(','))
        return false;
    scanner.skip_blanks();
    if (skip_token68(scanner)) return true;
    while (!scanner.at_end()) {
        auto ahead = scanner;
        ahead.skip_commas();
        switch (take_parameter(ahead, challenge)) {
            case Parameter::Taken:
                break;
            case Parameter::None:  // the next challenge, if a comma says so
                return scanner.rest().starts_with(',');
            case Parameter::Malformed:
                return false;
        }
        scanner = ahead;
        if (!scanner.at_end() && !scanner.rest().starts_with(',')) return false;
    }
    return true;
}

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view value) {
    std::vector<Challenge> challenges;
    HeaderScanner scanner{value};
    while (challenges.size() < kMaxChallenges) {
        scanner.skip_commas();
        auto scheme = scanner.token();
        if (scheme.empty() || scheme.size() > kMaxChallengeScheme) break;
        bool sound = take_parameters(scanner, challenges.emplace_back(Challenge{to_lower(scheme), {}}));
        if (!sound) break;
    }
    return challenges;
}

}  // namespace haul::model
