#include "model/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "model/limits.hpp"
#include "model/option_codecs.hpp"
#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::model {
namespace {

Result<> refuse(std::string_view key, std::string_view why) {
    return fail(ErrorCode::InvalidArgument, "option \"" + std::string{key} + "\" " + std::string{why});
}

// Checks beyond the type, one for each C++ type or key that has any.
Result<> check(std::string_view key, const auto&) {
    return key.empty() ? refuse(key, "has no name") : Result<>{};
}

Result<> check(std::string_view key, double number) {
    if (!(number >= 0.0 && number <= 1.0)) return refuse(key, "must be from 0 to 1");
    return {};
}

Result<> check(std::string_view key, std::uint32_t number) {
    if (key == "mode" && number > 0777)
        return refuse(key, "must be file permission bits, at most 0777 (511)");
    if (key == "connections" && number > kMaxConnections)
        return refuse(key, "must be from 1 to " + std::to_string(kMaxConnections) + ", or 0 for auto");
    if (key == "max-redirects" && number > kMaxRedirects)
        return refuse(key, "must be at most " + std::to_string(kMaxRedirects));
    return {};
}

Result<> check(std::string_view key, std::uint64_t number) {
    if (key == "max-rate" && (number < 1 || number > INT64_MAX))
        return refuse(key, "must be at least 1 byte a second");
    return {};
}

Result<> check(std::string_view key, const std::vector<std::string>& urls) {
    if (urls.size() > kMaxMirrors)
        return refuse(key, "has more than " + std::to_string(kMaxMirrors) + " URLs");
    for (const auto& url : urls)
        if (auto parsed = parse_url(url); !parsed)
            return refuse(key, "is refused: " + parsed.error().message);
    return {};
}

Result<> check(std::string_view key, const Blob& blob) {
    if (blob.size() > kMaxResumeData) return refuse(key, "is too long for what Haul ever gave out");
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
        return refuse(key,
                      "must begin with http://, https://, socks4://, socks4a://, socks5:// or "
                      "socks5h://, or be none");
    if (auto parsed = parse_url("http" + text.substr(colon)); !parsed)
        return refuse(key, "has no usable host or port");
    return {};
}

Result<> check_pin(std::string_view key, const std::string& text) {
    for (const auto& pin : split(text, ';'))
        if (!pin.starts_with("sha256//") || pin.size() != 8 + 44)
            return refuse(key, "must be sha256//BASE64, or several of these with ; between them");
    return {};
}

Result<> check_filename(std::string_view key, const std::string& text) {
    if (text.empty() || text == "." || text == ".." || text.size() > kMaxFilename ||
        text.find('/') != text.npos || has_control_character(text))
        return refuse(key, "must be the name of a file: no /, no control character, and at most " +
                               std::to_string(kMaxFilename) + " bytes");
    return {};
}

Result<> check(std::string_view key, const Headers& headers) {
    for (const auto& header : headers)
        if (auto ok = check_header(header.name, header.value); !ok)
            return refuse(key, "is refused: " + ok.error().message);
    return check_headers(headers);
}

/// "*", or entity tags with commas between them (RFC 9110, 13.1.2).
Result<> check_entity_tags(std::string_view key, const std::string& text) {
    auto is_tag = [](std::string_view tag) {
        auto first = tag.find_first_not_of(' ');
        if (first == tag.npos) return false;
        tag = tag.substr(first, tag.find_last_not_of(' ') - first + 1);
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        return tag.size() >= 2 && tag.front() == '"' && tag.find('"', 1) == tag.size() - 1;
    };
    auto tags = split(text, ',');
    bool is_good = text == "*" || (!tags.empty() && std::all_of(tags.begin(), tags.end(), is_tag));
    if (!is_good || has_control_character(text))
        return refuse(key, "must be entity tags with their quotes, such as \"abc\" or W/\"abc\", or *");
    return {};
}

bool is_path_key(std::string_view key) {
    return key == "ca-file" || key == "client-cert" || key == "client-key";
}

Result<> check(std::string_view key, const std::string& text) {
    auto max = key == "destination" || is_path_key(key) ? kMaxPath
               : key == "token"                         ? kMaxIdentifier
                                                        : kMaxText;
    if (text.size() > max) return refuse(key, "is longer than " + std::to_string(max) + " bytes");
    if (text.find('\0') != text.npos) return refuse(key, "has a NUL in it");
    if (is_path_key(key) && !text.starts_with('/')) return refuse(key, "must be an absolute path");
    if (key == "proxy") return check_proxy(key, text);
    if (key == "public-key-pin") return check_pin(key, text);
    if (key == "filename") return check_filename(key, text);
    if (key == "if-none-match") return check_entity_tags(key, text);
    if (key == "no-proxy")
        return has_control_character(text) ? refuse(key, "has a control character in it") : Result<>{};
    return {};
}

struct Entry {
    std::string_view key;
    bool session;  ///< also a default of sessions
    std::string_view type;
    Result<> (*set)(Options&, std::string_view key, const Value&);
    bool (*wants_text)();
    std::optional<Value> (*get)(const Options&);
};

template <auto Member>
using MemberType = typename std::remove_cvref_t<decltype(std::declval<Options>().*Member)>::value_type;

template <auto Member>
constexpr Entry entry(std::string_view key, bool session) {
    using T = MemberType<Member>;
    return {key,
            session,
            Codec<T>::kType,
            [](Options& options, std::string_view name, const Value& value) -> Result<> {
                auto converted = Codec<T>::from(value);
                if (!converted) return refuse(name, "must be " + std::string{Codec<T>::kType});
                TRY(check(name, *converted));
                options.*Member = std::move(*converted);
                return {};
            },
            [] {
                return !std::is_arithmetic_v<T> && !std::is_same_v<T, Duration> &&
                       !std::is_same_v<T, WallTime>;
            },
            [](const Options& options) -> std::optional<Value> {
                if constexpr (!std::is_same_v<T, Headers> && !std::is_same_v<T, Blob>)
                    if (options.*Member) return Codec<T>::to(*(options.*Member));
                return std::nullopt;
            }};
}

constexpr bool kSession = true;
constexpr bool kTaskOnly = false;
constexpr std::array kEntries{
    entry<&Options::description>("description", kSession),
    entry<&Options::headers>("headers", kSession),
    entry<&Options::request_timeout>("request-timeout", kSession),
    entry<&Options::resource_timeout>("resource-timeout", kSession),
    entry<&Options::priority>("priority", kSession),
    entry<&Options::redirects>("redirects", kSession),
    entry<&Options::retry_delay>("retry-delay", kSession),
    entry<&Options::retry_delay_max>("retry-delay-max", kSession),
    entry<&Options::retries>("retries", kSession),
    entry<&Options::ca_file>("ca-file", kSession),
    entry<&Options::client_cert>("client-cert", kSession),
    entry<&Options::client_key>("client-key", kSession),
    entry<&Options::public_key_pin>("public-key-pin", kSession),
    entry<&Options::accept_status>("accept-status", kSession),
    entry<&Options::max_redirects>("max-redirects", kSession),
    entry<&Options::redirect_headers>("redirect-headers", kSession),
    entry<&Options::allow_downgrade>("allow-downgrade", kSession),
    entry<&Options::proxy>("proxy", kSession),
    entry<&Options::no_proxy>("no-proxy", kSession),
    entry<&Options::max_rate>("max-rate", kSession),
    entry<&Options::cookies>("cookies", kSession),
    entry<&Options::compressed>("compressed", kSession),
    entry<&Options::remote_time>("remote-time", kSession),
    entry<&Options::preallocate>("preallocate", kSession),
    entry<&Options::token>("token", kTaskOnly),
    entry<&Options::start>("start", kTaskOnly),
    entry<&Options::destination>("destination", kTaskOnly),
    entry<&Options::if_exists>("if-exists", kTaskOnly),
    entry<&Options::mode>("mode", kTaskOnly),
    entry<&Options::not_before>("not-before", kTaskOnly),
    entry<&Options::max_size>("max-size", kTaskOnly),
    entry<&Options::expected_size>("expected-size", kTaskOnly),
    entry<&Options::checksum>("checksum", kTaskOnly),
    entry<&Options::mirrors>("mirrors", kTaskOnly),
    entry<&Options::connections>("connections", kTaskOnly),
    entry<&Options::range>("range", kTaskOnly),
    entry<&Options::if_none_match>("if-none-match", kTaskOnly),
    entry<&Options::filename>("filename", kTaskOnly),
    entry<&Options::resume_data>("resume-data", kTaskOnly),
};

/// Keys of the contract that wait for their version.
constexpr std::array<std::string_view, 25> kLater{"allow-expensive",
                                                  "allow-constrained",
                                                  "allow-roaming",
                                                  "discretionary",
                                                  "wake",
                                                  "bus-name",
                                                  "unit",
                                                  "destination-fd",
                                                  "window",
                                                  "after",
                                                  "method",
                                                  "file-fd",
                                                  "content-type",
                                                  "form",
                                                  "resumable",
                                                  "snapshot",
                                                  "retry-non-idempotent",
                                                  "delivery",
                                                  "max-message",
                                                  "ping-interval",
                                                  "pong-timeout",
                                                  "reconnect",
                                                  "reconnect-max-delay",
                                                  "overflow",
                                                  "keep-awake"};

Result<const Entry*> find_entry(OptionScope scope, std::string_view key) {
    for (const auto& entry : kEntries) {
        if (entry.key != key) continue;
        if (scope == OptionScope::Session && !entry.session)
            return fail(ErrorCode::InvalidArgument,
                        "option \"" + std::string{key} + "\" is one of tasks, not of sessions");
        return &entry;
    }
    if (std::find(kLater.begin(), kLater.end(), key) != kLater.end())
        return fail(ErrorCode::NotSupported,
                    "option \"" + std::string{key} + "\" is not supported by this version");
    return fail(ErrorCode::InvalidArgument,
                "unknown option \"" + shorten(key, 64) + "\": see the Session interface");
}

Value parse_value(const Entry& entry, std::string_view text) {
    std::string string{text};
    if (entry.wants_text()) return string;
    if (text == "true" || text == "false") return text == "true";
    const char* end = text.data() + text.size();
    std::uint64_t number = 0;
    if (auto parsed = std::from_chars(text.data(), end, number);
        parsed.ec == std::errc{} && parsed.ptr == end && entry.key != "priority")
        return number;
    double real = 0;
    if (auto parsed = std::from_chars(text.data(), end, real); parsed.ec == std::errc{} && parsed.ptr == end)
        return real;
    return string;
}

}  // namespace

Result<> set_option(Options& options, OptionScope scope, std::string_view key, const Value& value) {
    const Entry* entry = TRY(find_entry(scope, key));
    return entry->set(options, entry->key, value);
}

Result<> set_option_from_text(Options& options, OptionScope scope, std::string_view key,
                              std::string_view text) {
    const Entry* entry = TRY(find_entry(scope, key));
    return entry->set(options, entry->key, parse_value(*entry, text));
}

Result<Options> read_options(const Fields& fields, OptionScope scope, Options defaults) {
    for (const auto& field : fields) TRY(set_option(defaults, scope, field.key, field.value));
    return defaults;
}

Fields to_fields(const Options& options) {
    Fields fields;
    for (const auto& entry : kEntries)
        if (auto value = entry.get(options)) fields.push_back({std::string{entry.key}, std::move(*value)});
    return fields;
}

}  // namespace haul::model
