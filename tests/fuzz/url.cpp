// URLs, what a redirect leads to, and the file names of both: a policy, a URL, a Location.

#include "model/url.hpp"

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>

#include "fuzz/safe_name.hpp"
#include "fuzz/target.hpp"
#include "model/header_scanner.hpp"
#include "model/limits.hpp"
#include "model/redirect.hpp"

namespace haul::fuzz {
namespace {

constexpr std::array kPolicies{model::RedirectPolicy::Follow, model::RedirectPolicy::SameOrigin,
                               model::RedirectPolicy::Deny};

struct Free {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
    void operator()(char* text) const { curl_free(text); }
};
using CurlUrl = std::unique_ptr<CURLU, Free>;

std::optional<std::string> part_of(const CurlUrl& url, CURLUPart part, unsigned flags = 0) {
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return std::nullopt;
    return std::string{std::unique_ptr<char, Free>{text}.get()};
}

/// The URL as libcurl takes it apart; no value where it refuses it.
CurlUrl parse_with_curl(const std::string& text) {
    CurlUrl url{curl_url()};
    if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) url.reset();
    return url;
}

/// Where the engine would be led: libcurl resolves the Location against the URL (RFC 3986, 5).
std::string resolve(const std::string& base, const std::string& location) {
    auto url = parse_with_curl(base);
    if (!url || curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) return location;
    return part_of(url, CURLUPART_URL).value_or(location);
}

void require_redacted(std::string_view text) {
    auto redacted = model::redact(text);
    require(redacted.find_first_of("?#") == redacted.npos, "a redacted URL has neither query nor fragment");
    require(model::redact(redacted) == redacted, "a redacted URL stays as it is");
}

void require_sound(const std::string& text) {
    require_redacted(text);
    require_safe(model::name_from_url(text));
    auto url = model::parse_url(text);
    if (!url) {
        require(url.error().message.size() < 1024, "a message has its bound");
        return;
    }
    require(text.size() <= model::kMaxUrl, "a URL has its bound");
    require(model::to_lower(url->host) == url->host && !url->host.empty(), "a host is in lower case");
    require(url->path.starts_with('/'), "a path starts with a slash");
    auto redacted = model::parse_url(model::redact(text));
    require(redacted.has_value(), "a redacted URL is one");
    require(!redacted->has_secrets(), "a redacted URL has no secrets");
    require(redacted->origin() == url->origin() && redacted->path == url->path,
            "a redacted URL has origin and path");
    auto bare = model::parse_url(model::without_user_info(text));
    require(bare && bare->user_info.empty() && bare->origin() == url->origin() && bare->path == url->path &&
                bare->query == url->query,
            "a URL without its user info is the same else");
    require(model::name_from_url(text) == model::name_from_url(model::redact(text)),
            "no secret gets into a name");
}

/// What decides who may hear of headers and credentials has to be where libcurl goes. libcurl writes
/// addresses in one form (127.1 becomes 127.0.0.1), hence it gets our origin too.
void require_same_origin_as_curl(const std::string& text) {
    auto url = model::parse_url(text);
    if (!url) return;
    auto theirs = parse_with_curl(text);
    if (!theirs) return;
    auto ours = parse_with_curl(url->origin());
    require(ours != nullptr, "libcurl can go to the origin of what it can go to");
    for (auto part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT})
        require(model::to_lower(part_of(theirs, part, CURLU_DEFAULT_PORT).value_or("")) ==
                    model::to_lower(part_of(ours, part, CURLU_DEFAULT_PORT).value_or("")),
                "libcurl sees the same origin");
}

void require_sound_rule(const std::string& from, const std::string& to, model::RedirectPolicy policy) {
    model::RedirectLimits limits{.policy = policy, .most = model::kMaxRedirects};
    auto rule = model::judge_redirect(from, to, 1, limits);
    require(rule.follow == rule.why_not.empty(), "a redirect is followed, or there is a reason");
    if (!rule.follow) return;
    auto here = model::parse_url(from), there = model::parse_url(to);
    require(here && there, "only URLs are followed");
    require(policy != model::RedirectPolicy::Deny, "what is denied is not followed");
    require(here->scheme != "https" || there->scheme == "https", "no redirect leaves https");
    require(rule.same_origin == (here->origin() == there->origin()), "an origin is scheme, host and port");
    require(rule.same_origin || policy == model::RedirectPolicy::Follow, "same-origin stays within it");
    require(!model::judge_redirect(from, to, model::kMaxRedirects + 1, limits).follow,
            "redirects have their bound");
}

}  // namespace

void try_input(std::string_view input) {
    Choices choices{input};
    auto policy = choices.one_of(kPolicies);
    std::string url{choices.line()}, location{choices.rest()};
    require_sound(url);
    require_same_origin_as_curl(url);
    auto target = resolve(url, location);
    require_sound(target);
    require_same_origin_as_curl(target);
    require_sound_rule(url, target, policy);
}

}  // namespace haul::fuzz
