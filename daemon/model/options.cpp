#include "model/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "model/limits.hpp"
#include "model/text.hpp"

namespace haul::model {
namespace {

constexpr Duration kLongest = std::chrono::days{3650};

/// What to_fields and set_option know about each C++ type that an option may have: the contract's name of the
/// type, and the way from and to a Value.
template <class T>
struct Codec;

std::optional<std::uint64_t> to_unsigned(const Value& value) {
    if (auto* u64 = std::get_if<std::uint64_t>(&value)) return *u64;
    if (auto* u32 = std::get_if<std::uint32_t>(&value)) return *u32;
    if (auto* u16 = std::get_if<std::uint16_t>(&value)) return *u16;
    if (auto* i64 = std::get_if<std::int64_t>(&value); i64 && *i64 >= 0)
        return static_cast<std::uint64_t>(*i64);
    return std::nullopt;
}

template <>
struct Codec<std::string> {
    static constexpr std::string_view kType = "a string (s)";
    static std::optional<std::string> from(const Value& value) {
        auto* text = std::get_if<std::string>(&value);
        return text ? std::optional{*text} : std::nullopt;
    }
    static Value to(const std::string& text) { return text; }
};

template <>
struct Codec<bool> {
    static constexpr std::string_view kType = "true or false (b)";
    static std::optional<bool> from(const Value& value) {
        auto* flag = std::get_if<bool>(&value);
        return flag ? std::optional{*flag} : std::nullopt;
    }
    static Value to(bool flag) { return flag; }
};

template <>
struct Codec<double> {
    static constexpr std::string_view kType = "a number (d)";
    static std::optional<double> from(const Value& value) {
        auto* number = std::get_if<double>(&value);
        return number ? std::optional{*number} : std::nullopt;
    }
    static Value to(double number) { return number; }
};

template <>
struct Codec<std::uint64_t> {
    static constexpr std::string_view kType = "a number from 0 (t)";
    static std::optional<std::uint64_t> from(const Value& value) { return to_unsigned(value); }
    static Value to(std::uint64_t number) { return number; }
};

template <>
struct Codec<std::uint32_t> {
    static constexpr std::string_view kType = "a number from 0 to 4294967295 (u)";
    static std::optional<std::uint32_t> from(const Value& value) {
        auto number = to_unsigned(value);
        return number && *number <= UINT32_MAX ? std::optional{static_cast<std::uint32_t>(*number)}
                                               : std::nullopt;
    }
    static Value to(std::uint32_t number) { return number; }
};

template <>
struct Codec<Duration> {
    static constexpr std::string_view kType = "microseconds from 1 to ten years (t)";
    static std::optional<Duration> from(const Value& value) {
        auto number = to_unsigned(value);
        if (!number || *number < 1 || *number > static_cast<std::uint64_t>(kLongest.count()))
            return std::nullopt;
        return Duration{static_cast<std::int64_t>(*number)};
    }
    static Value to(Duration duration) { return static_cast<std::uint64_t>(duration.count()); }
};

template <>
struct Codec<WallTime> {
    static constexpr std::string_view kType = "microseconds since 1970, before the year 10000 (t)";
    static constexpr std::uint64_t kLatest = 253'402'300'800'000'000;
    static std::optional<WallTime> from(const Value& value) {
        auto number = to_unsigned(value);
        if (!number || *number >= kLatest) return std::nullopt;
        return to_wall_time(static_cast<std::int64_t>(*number));
    }
    static Value to(WallTime time) { return static_cast<std::uint64_t>(to_usec(time)); }
};

template <>
struct Codec<Headers> {
    static constexpr std::string_view kType = "names and values (a{ss})";
    static std::optional<Headers> from(const Value& value) {
        auto* map = std::get_if<std::map<std::string, std::string>>(&value);
        if (!map) return std::nullopt;
        Headers headers;
        for (const auto& [name, text] : *map) headers.push_back({name, text});
        return headers;
    }
};

template <>
struct Codec<IfExists> {
    static constexpr std::string_view kType = "fail, replace or rename (s)";
    static std::optional<IfExists> from(const Value& value) {
        for (auto choice : {IfExists::Fail, IfExists::Replace, IfExists::Rename})
            if (value == Value{std::string{to_word(choice)}}) return choice;
        return std::nullopt;
    }
    static Value to(IfExists choice) { return std::string{to_word(choice)}; }
};

template <>
struct Codec<RedirectPolicy> {
    static constexpr std::string_view kType = "follow, same-origin or deny (s)";
    static constexpr std::array<std::string_view, 3> kWords{"follow", "same-origin", "deny"};
    static std::optional<RedirectPolicy> from(const Value& value) {
        for (std::size_t i = 0; i < kWords.size(); ++i)
            if (value == Value{std::string{kWords[i]}}) return static_cast<RedirectPolicy>(i);
        return std::nullopt;
    }
    static Value to(RedirectPolicy policy) { return std::string{kWords[static_cast<std::size_t>(policy)]}; }
};

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
    return {};
}

Result<> check(std::string_view key, const Headers& headers) {
    for (const auto& header : headers)
        if (auto ok = check_header(header.name, header.value); !ok)
            return refuse(key, "is refused: " + ok.error().message);
    return check_headers(headers);
}

Result<> check(std::string_view key, const std::string& text) {
    auto max = key == "destination" || key == "ca-file" ? kMaxPath
               : key == "token"                         ? kMaxIdentifier
                                                        : kMaxText;
    if (text.size() > max) return refuse(key, "is longer than " + std::to_string(max) + " bytes");
    if (text.find('\0') != text.npos) return refuse(key, "has a NUL in it");
    if ((key == "ca-file") && !text.starts_with('/')) return refuse(key, "must be an absolute path");
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
                return std::is_same_v<T, std::string> || std::is_same_v<T, IfExists> ||
                       std::is_same_v<T, RedirectPolicy>;
            },
            [](const Options& options) -> std::optional<Value> {
                if constexpr (!std::is_same_v<T, Headers>)
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
    entry<&Options::token>("token", kTaskOnly),
    entry<&Options::start>("start", kTaskOnly),
    entry<&Options::destination>("destination", kTaskOnly),
    entry<&Options::if_exists>("if-exists", kTaskOnly),
    entry<&Options::mode>("mode", kTaskOnly),
    entry<&Options::not_before>("not-before", kTaskOnly),
    entry<&Options::max_size>("max-size", kTaskOnly),
    entry<&Options::expected_size>("expected-size", kTaskOnly),
};

/// Keys of the contract that wait for their version.
constexpr std::array<std::string_view, 36> kLater{"allow-expensive",
                                                  "allow-constrained",
                                                  "allow-roaming",
                                                  "discretionary",
                                                  "max-rate",
                                                  "proxy",
                                                  "accept-status",
                                                  "wake",
                                                  "bus-name",
                                                  "unit",
                                                  "destination-fd",
                                                  "filename",
                                                  "checksum",
                                                  "resume-data",
                                                  "mirrors",
                                                  "connections",
                                                  "range",
                                                  "if-none-match",
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
                                                  "keep-awake",
                                                  "public-key-pin"};

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
