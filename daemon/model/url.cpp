#include "model/url.hpp"

#include <algorithm>
#include <charconv>

#include "model/header_scanner.hpp"
#include "model/limits.hpp"
#include "model/text.hpp"

namespace haul::model {
namespace {

bool is_port(std::string_view text) {
    unsigned number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number >= 1 && number <= 65535;
}

bool is_host(std::string_view host) {
    if (host.front() == '[')
        return host.size() > 3 && host.back() == ']' &&
               host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") == host.npos;
    return host.find_first_of("%\\^`{|}<>\"[]") == host.npos && host.size() <= 253;
}

tl::unexpected<Error> refuse_url(std::string_view url, std::string_view why) {
    return fail(ErrorCode::InvalidArgument, "URL \"" + shorten(redact(url), 256) + "\" " + std::string{why});
}

/// What a kind of tasks connects to, by the scheme without TLS and the one with it.
struct Schemes {
    std::string plain;
    std::string secure;
};

Result<Url> parse(std::string_view text, const Schemes& schemes) {
    if (text.empty())
        return fail(ErrorCode::InvalidArgument, "URL is empty: give one that starts with " + schemes.plain +
                                                    ":// or " + schemes.secure + "://");
    if (text.size() > kMaxUrl)
        return refuse_url(text, "is longer than " + std::to_string(kMaxUrl) + " bytes: shorten it");
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }))
        return fail(
            ErrorCode::InvalidArgument,
            "URL has a control character or a blank in it: write it percent-encoded (%20 for a blank)");

    auto colon = text.find(':');
    Url url;
    url.scheme = to_lower(text.substr(0, colon == text.npos ? 0 : colon));
    if (url.scheme != schemes.plain && url.scheme != schemes.secure)
        return refuse_url(text, "has " +
                                    (url.scheme.empty() ? "no scheme" : "the scheme \"" + url.scheme + "\"") +
                                    ": only " + schemes.plain + " and " + schemes.secure + " are supported");
    auto rest = text.substr(colon + 1);
    auto no_host = "has no host: write " + schemes.plain + "://HOST/...";
    if (!rest.starts_with("//")) return refuse_url(text, no_host);
    rest.remove_prefix(2);

    if (auto hash = rest.find('#'); hash != rest.npos) rest = rest.substr(0, hash);
    auto authority = rest.substr(0, rest.find_first_of("/?"));
    rest.remove_prefix(authority.size());
    if (auto at = authority.rfind('@'); at != authority.npos) {
        url.user_info = authority.substr(0, at);
        authority.remove_prefix(at + 1);
    }
    auto port = authority.rfind(':');
    if (port != authority.npos && authority.find(']', port) == authority.npos) {
        url.port = authority.substr(port + 1);
        authority = authority.substr(0, port);
        if (!url.port.empty() && !is_port(url.port))
            return refuse_url(text, "has a bad port: it must be 1 to 65535");
    }
    if (url.port.empty()) url.port = url.scheme == schemes.secure ? "443" : "80";
    if (authority.empty()) return refuse_url(text, no_host);
    if (!is_host(authority)) return refuse_url(text, "has a host that is none: check what stands after //");
    url.host = to_lower(authority);

    auto question = rest.find('?');
    url.path = rest.substr(0, question);
    if (url.path.empty()) url.path = "/";
    if (question != rest.npos) {
        url.has_query = true;
        url.query = rest.substr(question + 1);
    }
    return url;
}

/// The URL with this scheme in place of the first one that it has; any other as it is.
std::string replace_scheme(std::string_view url, const Schemes& from, const Schemes& to) {
    auto colon = url.find(':');
    auto scheme = to_lower(url.substr(0, colon == url.npos ? 0 : colon));
    if (scheme != from.plain && scheme != from.secure) return std::string{url};
    return (scheme == from.plain ? to.plain : to.secure) + std::string{url.substr(colon)};
}

const Schemes kHttp{"http", "https"};
const Schemes kWs{"ws", "wss"};

}  // namespace

Result<Url> parse_url(std::string_view text) {
    return parse(text, kHttp);
}

Result<Url> parse_socket_url(std::string_view text) {
    auto url = TRY(parse(text, kWs));
    if (text.find('#') != text.npos)
        return refuse_url(text, "has a fragment, which a WebSocket can't have: leave out what begins with #");
    return url;
}

std::string to_http(std::string_view url) {
    return replace_scheme(url, kWs, kHttp);
}

std::string to_ws(std::string_view url) {
    return replace_scheme(url, kHttp, kWs);
}

std::string with_user_info(std::string_view url, std::string_view user_info) {
    auto parsed = parse_url(url);
    if (user_info.empty() || !parsed || !parsed->user_info.empty()) return std::string{url};
    auto authority = url.find("://") + 3;
    return std::string{url.substr(0, authority)} + std::string{user_info} + "@" +
           std::string{url.substr(authority)};
}

std::string without_user_info(std::string_view url) {
    auto parsed = parse_url(url);
    if (!parsed || parsed->user_info.empty()) return std::string{url};
    auto authority = url.find("://") + 3;
    return std::string{url.substr(0, authority)} +
           std::string{url.substr(authority + parsed->user_info.size() + 1)};
}

std::string redact(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    auto scheme = url.find("://");
    // What does not start with a scheme is no URL, but may hold the same secrets.
    if (scheme == url.npos || url.find_first_of("/@") < scheme)
        return std::string{url.substr(url.rfind('@') + 1)};  // npos + 1 is 0
    auto start = scheme + 3;
    auto authority = url.substr(start, url.find('/', start) - start);
    return std::string{url.substr(0, start)} + std::string{url.substr(start + authority.rfind('@') + 1)};
}

}  // namespace haul::model
