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

tl::unexpected<Error> refuse(std::string_view key, std::string_view why) {
    return fail(ErrorCode::InvalidArgument, "option \"" + std::string{key} + "\" " + std::string{why});
}

/// The same error, with the option that it is about.
Result<> at_option(std::string_view key, Result<> checked) {
    if (!checked) return refuse(key, "is refused: " + checked.error().message);
    return checked;
}

// Checks beyond the type, one for each C++ type or key that has any.
Result<> check(std::string_view key, const auto&) {
    if (key.empty()) return refuse(key, "has no name");
    return {};
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
    if (key == "interop" && (number < 3 || number == 7 || number > 8))
        return refuse(key, "must be 3, 4, 5, 6 or 8, interop versions of the resumable uploads draft");
    if (key == "max-redirects" && number > kMaxRedirects)
        return refuse(key, "must be at most " + std::to_string(kMaxRedirects));
    return {};
}

Result<> check(std::string_view key, std::uint64_t number) {
    if (key == "max-rate" && (number < 1 || number > INT64_MAX))
        return refuse(key, "must be at least 1 byte a second");
    if (key == "part-size" && (number < 1 || number > INT64_MAX)) return refuse(key, "must be at least 1");
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

Result<> check(std::string_view key, const UrlList& list) {
    if (list.urls.empty() || list.urls.size() > kMaxParts)
        return refuse(key, "must have 1 to " + std::to_string(kMaxParts) + " URLs");
    for (const auto& url : list.urls)
        if (auto parsed = parse_url(url); !parsed)
            return refuse(key, "is refused: " + parsed.error().message);
    return {};
}

Result<> check(std::string_view key, const TextMap& map) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : map) {
        bytes += name.size() + value.size();
        bool is_name =
            std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f && c != ','; });
        if (name.empty() || !is_name)
            return refuse(key, "has a name that is no printable ASCII without blanks and commas");
    }
    if (bytes > kMaxHeaderBytes)
        return refuse(key, "has more than " + std::to_string(kMaxHeaderBytes) + " bytes");
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
    return key == "file" || key == "ca-file" || key == "client-cert" || key == "client-key";
}

Result<> check(std::string_view key, const std::string& text) {
    auto max = key == "destination" || is_path_key(key) ? kMaxPath
               : key == "abort-url"                     ? kMaxUrl
               : key == "token"                         ? kMaxIdentifier
                                                        : kMaxText;
    if (text.size() > max) return refuse(key, "is longer than " + std::to_string(max) + " bytes");
    if (text.find('\0') != text.npos) return refuse(key, "has a NUL in it");
    if (is_path_key(key) && !text.starts_with('/')) return refuse(key, "must be an absolute path");
    if (key == "proxy") return check_proxy(key, text);
    if (key == "public-key-pin") return check_pin(key, text);
    if (key == "abort-url") return check(key, UrlList{{text}});
    if (key == "method" && text != "PUT" && text != "POST" && text != "PATCH")
        return refuse(key, "must be PUT, POST or PATCH");
    if (key == "content-type" && (text.empty() || has_control_character(text)))
        return refuse(key, "must be a media type such as image/png");
    if (key == "bus-name") return at_option(key, check_bus_name(text));
    if (key == "unit") return at_option(key, check_unit_name(text));
    if (key == "filename") return check_filename(key, text);
    if (key == "if-none-match") return check_entity_tags(key, text);
    if (key == "no-proxy" && has_control_character(text)) return refuse(key, "has a control character in it");
    return {};
}

/// Whose an option is.
enum class For : std::uint8_t { SessionsAlone, Sessions, Tasks, Downloads, Uploads };

struct Entry {
    std::string_view key;
    For whom;  ///< Sessions: also as a default of tasks of every kind; Tasks: of every kind
    bool (*is_set)(const Options&);
    std::string_view type;
    Result<> (*set)(Options&, std::string_view key, const Value&);
    bool (*wants_text)();
    std::optional<Value> (*get)(const Options&);
};

template <auto Member>
using MemberType = typename std::remove_cvref_t<decltype(std::declval<Options>().*Member)>::value_type;

template <auto Member>
constexpr Entry entry(std::string_view key, For whom) {
    using T = MemberType<Member>;
    return {key,
            whom,
            [](const Options& options) { return (options.*Member).has_value(); },
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
                if constexpr (!std::is_same_v<T, Headers> && !std::is_same_v<T, Blob> &&
                              !std::is_same_v<T, FormParts>)
                    if (options.*Member) return Codec<T>::to(*(options.*Member));
                return std::nullopt;
            }};
}

constexpr std::array kEntries{
    entry<&Options::wake>("wake", For::SessionsAlone),
    entry<&Options::bus_name>("bus-name", For::SessionsAlone),
    entry<&Options::unit>("unit", For::SessionsAlone),
    entry<&Options::description>("description", For::Sessions),
    entry<&Options::headers>("headers", For::Sessions),
    entry<&Options::request_timeout>("request-timeout", For::Sessions),
    entry<&Options::resource_timeout>("resource-timeout", For::Sessions),
    entry<&Options::priority>("priority", For::Sessions),
    entry<&Options::redirects>("redirects", For::Sessions),
    entry<&Options::retry_delay>("retry-delay", For::Sessions),
    entry<&Options::retry_delay_max>("retry-delay-max", For::Sessions),
    entry<&Options::retries>("retries", For::Sessions),
    entry<&Options::ca_file>("ca-file", For::Sessions),
    entry<&Options::client_cert>("client-cert", For::Sessions),
    entry<&Options::client_key>("client-key", For::Sessions),
    entry<&Options::public_key_pin>("public-key-pin", For::Sessions),
    entry<&Options::accept_status>("accept-status", For::Sessions),
    entry<&Options::max_redirects>("max-redirects", For::Sessions),
    entry<&Options::redirect_headers>("redirect-headers", For::Sessions),
    entry<&Options::allow_downgrade>("allow-downgrade", For::Sessions),
    entry<&Options::proxy>("proxy", For::Sessions),
    entry<&Options::no_proxy>("no-proxy", For::Sessions),
    entry<&Options::max_rate>("max-rate", For::Sessions),
    entry<&Options::cookies>("cookies", For::Sessions),
    entry<&Options::compressed>("compressed", For::Sessions),
    entry<&Options::remote_time>("remote-time", For::Sessions),
    entry<&Options::preallocate>("preallocate", For::Sessions),
    entry<&Options::token>("token", For::Tasks),
    entry<&Options::start>("start", For::Tasks),
    entry<&Options::destination>("destination", For::Downloads),
    entry<&Options::if_exists>("if-exists", For::Downloads),
    entry<&Options::mode>("mode", For::Downloads),
    entry<&Options::not_before>("not-before", For::Tasks),
    entry<&Options::ask_before_start>("ask-before-start", For::Tasks),
    entry<&Options::max_size>("max-size", For::Downloads),
    entry<&Options::expected_size>("expected-size", For::Downloads),
    entry<&Options::checksum>("checksum", For::Downloads),
    entry<&Options::mirrors>("mirrors", For::Downloads),
    entry<&Options::connections>("connections", For::Tasks),
    entry<&Options::range>("range", For::Downloads),
    entry<&Options::if_none_match>("if-none-match", For::Tasks),
    entry<&Options::filename>("filename", For::Downloads),
    entry<&Options::resume_data>("resume-data", For::Downloads),
    entry<&Options::method>("method", For::Uploads),
    entry<&Options::file>("file", For::Uploads),
    entry<&Options::file_fd>("file-fd", For::Uploads),
    entry<&Options::content_type>("content-type", For::Uploads),
    entry<&Options::form>("form", For::Uploads),
    entry<&Options::resumable>("resumable", For::Uploads),
    entry<&Options::interop>("interop", For::Uploads),
    entry<&Options::upload_metadata>("upload-metadata", For::Uploads),
    entry<&Options::part_urls>("part-urls", For::Uploads),
    entry<&Options::part_size>("part-size", For::Uploads),
    entry<&Options::abort_url>("abort-url", For::Uploads),
    entry<&Options::snapshot>("snapshot", For::Uploads),
    entry<&Options::retry_non_idempotent>("retry-non-idempotent", For::Uploads),
};

/// Keys of the contract that wait for their version.
constexpr std::array<std::string_view, 15> kLater{"allow-expensive",
                                                  "allow-constrained",
                                                  "allow-roaming",
                                                  "discretionary",
                                                  "destination-fd",
                                                  "window",
                                                  "after",
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
        bool is_of_sessions = entry.whom == For::Sessions || entry.whom == For::SessionsAlone;
        if (scope == OptionScope::Session && !is_of_sessions)
            return refuse(key, "is one of tasks, not of sessions");
        if (scope == OptionScope::Task && entry.whom == For::SessionsAlone)
            return refuse(key, "is one of sessions, not of tasks: give it to OpenSession");
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

Result<> check_kind(const Options& options, TaskKind kind) {
    auto strange = kind == TaskKind::Upload ? For::Downloads : For::Uploads;
    for (const auto& entry : kEntries)
        if (entry.whom == strange && entry.is_set(options))
            return refuse(entry.key, strange == For::Uploads ? "is one of uploads, not of downloads"
                                                             : "is one of downloads, not of uploads");
    if (kind == TaskKind::Download && options.headers)
        for (const auto& header : *options.headers)
            if (is_condition(header.name))
                return refuse("headers",
                              "has " + header.name + ", which a download sets itself: leave it out");
    return {};
}

std::string_view to_word(Snapshot choice) {
    switch (choice) {
        case Snapshot::Auto:
            return "auto";
        case Snapshot::Copy:
            return "copy";
        case Snapshot::Never:
            return "never";
    }
    return "";
}

Fields to_fields(const Options& options) {
    Fields fields;
    for (const auto& entry : kEntries)
        if (auto value = entry.get(options)) fields.push_back({std::string{entry.key}, std::move(*value)});
    return fields;
}

}  // namespace haul::model
