#include "model/option_checks.hpp"

#include <algorithm>
#include <array>

#include "model/limits.hpp"
#include "model/text.hpp"
#include "model/url.hpp"
#include "model/wake.hpp"
#include "model/windows.hpp"

namespace haul::model {
namespace {

/// The same error, with the option that it is about.
Result<> at_option(std::string_view key, Result<> checked) {
    if (!checked) return refuse_option(key, "is refused: " + checked.error().message);
    return checked;
}

/// Tokens, each once (RFC 6455, 4.1).
Result<> check_subprotocols(std::string_view key, const std::vector<std::string>& words) {
    if (words.size() > kMaxSubprotocols)
        return refuse_option(key, "has more than " + std::to_string(kMaxSubprotocols) + " words");
    for (auto word = words.begin(); word != words.end(); ++word) {
        if (!is_token(*word) || word->size() > kMaxSubprotocol)
            return refuse_option(key, "has \"" + shorten(*word, 64) +
                                          "\", which is no token (RFC 9110, 5.6.2) of at most " +
                                          std::to_string(kMaxSubprotocol) + " bytes");
        if (std::find(words.begin(), word, *word) != word)
            return refuse_option(key, "has \"" + *word + "\" twice");
    }
    return {};
}

/// Whether libcurl can be given this proxy: a scheme that it knows, and a host (curl(1), --proxy).
Result<> check_proxy(std::string_view key, const std::string& text) {
    if (text == "none") return {};
    constexpr std::array<std::string_view, 6> kSchemes{"http",    "https",  "socks4",
                                                       "socks4a", "socks5", "socks5h"};
    auto colon = text.find("://");
    auto scheme = text.substr(0, colon);
    if (colon == text.npos || std::find(kSchemes.begin(), kSchemes.end(), scheme) == kSchemes.end())
        return refuse_option(key,
                             "must begin with http://, https://, socks4://, socks4a://, socks5:// or "
                             "socks5h://, or be none");
    if (auto parsed = parse_url("http" + text.substr(colon)); !parsed)
        return refuse_option(key, "has no usable host or port");
    return {};
}

Result<> check_pin(std::string_view key, const std::string& text) {
    for (const auto& pin : split(text, ';'))
        if (!pin.starts_with("sha256//") || pin.size() != 8 + 44)
            return refuse_option(key, "must be sha256//BASE64, or several of these with ; between them");
    return {};
}

Result<> check_filename(std::string_view key, const std::string& text) {
    if (text.empty() || text == "." || text == ".." || text.size() > kMaxFilename ||
        text.find('/') != text.npos || has_control_character(text))
        return refuse_option(key, "must be the name of a file: no /, no control character, and at most " +
                                      std::to_string(kMaxFilename) + " bytes");
    return {};
}

/// "*", or entity tags with commas between them (RFC 9110, 13.1.2).
Result<> check_entity_tags(std::string_view key, const std::string& text) {
    auto is_tag = [](std::string_view tag) {
        tag = trim(tag);
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        return tag.size() >= 2 && tag.front() == '"' && tag.find('"', 1) == tag.size() - 1;
    };
    auto tags = split(text, ',');
    bool is_good = text == "*" || (!tags.empty() && std::all_of(tags.begin(), tags.end(), is_tag));
    if (!is_good || has_control_character(text))
        return refuse_option(key,
                             "must be entity tags with their quotes, such as \"abc\" or W/\"abc\", or *");
    return {};
}

bool is_path_key(std::string_view key) {
    return key == "file" || key == "ca-file" || key == "client-cert" || key == "client-key";
}

}  // namespace

tl::unexpected<Error> refuse_option(std::string_view key, std::string_view why) {
    return fail(ErrorCode::InvalidArgument, "option \"" + std::string{key} + "\" " + std::string{why});
}

Result<> check_option(std::string_view key, double number) {
    if (!(number >= 0.0 && number <= 1.0)) return refuse_option(key, "must be from 0 to 1");
    return {};
}

Result<> check_option(std::string_view key, std::uint32_t number) {
    if (key == "mode" && number > 0777)
        return refuse_option(key, "must be file permission bits, at most 0777 (511)");
    if (key == "connections" && number > kMaxConnections)
        return refuse_option(key, "must be from 1 to " + std::to_string(kMaxConnections) + ", or 0 for auto");
    if (key == "interop" && (number < 3 || number == 7 || number > 8))
        return refuse_option(key, "must be 3, 4, 5, 6 or 8, interop versions of the resumable uploads draft");
    if (key == "inbox-messages" && (number < 1 || number > kMaxInboxMessages))
        return refuse_option(key, "must be from 1 to " + std::to_string(kMaxInboxMessages));
    if (key == "max-redirects" && number > kMaxRedirects)
        return refuse_option(key, "must be at most " + std::to_string(kMaxRedirects));
    return {};
}

Result<> check_option(std::string_view key, std::uint64_t number) {
    if (key == "max-rate" && (number < 1 || number > INT64_MAX))
        return refuse_option(key, "must be at least 1 byte a second");
    if (key == "max-message" && (number < 1 || number > kMaxLiveMessage))
        return refuse_option(key, "must be from 1 to " + std::to_string(kMaxLiveMessage) + " bytes");
    if (key == "inbox-bytes" && (number < 1 || number > kMaxInboxBytes))
        return refuse_option(key, "must be from 1 to " + std::to_string(kMaxInboxBytes) + " bytes");
    if (key == "part-size" && (number < 1 || number > INT64_MAX))
        return refuse_option(key, "must be at least 1");
    return {};
}

Result<> check_option(std::string_view key, const std::vector<std::string>& urls) {
    if (key == "subprotocols") return check_subprotocols(key, urls);
    if (urls.size() > kMaxMirrors)
        return refuse_option(key, "has more than " + std::to_string(kMaxMirrors) + " URLs");
    for (const auto& url : urls)
        if (auto parsed = parse_url(url); !parsed)
            return refuse_option(key, "is refused: " + parsed.error().message);
    return {};
}

Result<> check_option(std::string_view key, const std::vector<std::uint64_t>& ids) {
    if (ids.empty() || ids.size() > kMaxPredecessors)
        return refuse_option(key, "must have 1 to " + std::to_string(kMaxPredecessors) + " task ids");
    return {};
}

Result<> check_option(std::string_view key, const UrlList& list) {
    if (list.urls.empty() || list.urls.size() > kMaxParts)
        return refuse_option(key, "must have 1 to " + std::to_string(kMaxParts) + " URLs");
    for (const auto& url : list.urls)
        if (auto parsed = parse_url(url); !parsed)
            return refuse_option(key, "is refused: " + parsed.error().message);
    return {};
}

Result<> check_option(std::string_view key, const TextMap& map) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : map) {
        bytes += name.size() + value.size();
        bool is_name =
            std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f && c != ','; });
        if (name.empty() || !is_name)
            return refuse_option(key, "has a name that is no printable ASCII without blanks and commas");
    }
    if (bytes > kMaxHeaderBytes)
        return refuse_option(key, "has more than " + std::to_string(kMaxHeaderBytes) + " bytes");
    return {};
}

Result<> check_option(std::string_view key, const Blob& blob) {
    if (blob.size() > kMaxResumeData) return refuse_option(key, "is too long for what Haul ever gave out");
    return {};
}

Result<> check_option(std::string_view key, const Headers& headers) {
    for (const auto& header : headers)
        if (auto ok = check_header(header.name, header.value); !ok)
            return refuse_option(key, "is refused: " + ok.error().message);
    return check_headers(headers);
}

Result<> check_option(std::string_view key, const std::string& text) {
    auto max = key == "destination" || is_path_key(key) ? kMaxPath
               : key == "abort-url"                     ? kMaxUrl
               : key == "token"                         ? kMaxIdentifier
                                                        : kMaxText;
    if (text.size() > max) return refuse_option(key, "is longer than " + std::to_string(max) + " bytes");
    if (text.find('\0') != text.npos) return refuse_option(key, "has a NUL in it");
    if (is_path_key(key) && !text.starts_with('/')) return refuse_option(key, "must be an absolute path");
    if (key == "proxy") return check_proxy(key, text);
    if (key == "public-key-pin") return check_pin(key, text);
    if (key == "abort-url") return check_option(key, UrlList{{text}});
    if (key == "window")
        if (auto windows = Windows::parse(text); !windows)
            return refuse_option(key, "is refused: " + windows.error().message);
    if (key == "method" && text != "PUT" && text != "POST" && text != "PATCH")
        return refuse_option(key, "must be PUT, POST or PATCH");
    if (key == "content-type" && (text.empty() || has_control_character(text)))
        return refuse_option(key, "must be a media type such as image/png");
    if (key == "bus-name") return at_option(key, check_bus_name(text));
    if (key == "unit") return at_option(key, check_unit_name(text));
    if (key == "filename") return check_filename(key, text);
    if (key == "if-none-match") return check_entity_tags(key, text);
    if (key == "no-proxy" && has_control_character(text))
        return refuse_option(key, "has a control character in it");
    return {};
}

}  // namespace haul::model
