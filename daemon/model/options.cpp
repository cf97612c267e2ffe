#include "model/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "model/limits.hpp"
#include "model/option_checks.hpp"
#include "model/option_codecs.hpp"
#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::model {
namespace {

/// Whose an option is.
enum class For : std::uint8_t { SessionsAlone, Sessions, Tasks, Transfers, Downloads, Uploads, WebSockets };

struct Entry {
    std::string_view key;
    For whom;  ///< Sessions: also as a default of tasks of every kind; Tasks: of every kind; Transfers:
               ///< of downloads and uploads
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
                if (!converted) return refuse_option(name, "must be " + std::string{Codec<T>::kType});
                TRY(check_option(name, *converted));
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
    entry<&Options::allow_expensive>("allow-expensive", For::Sessions),
    entry<&Options::allow_constrained>("allow-constrained", For::Sessions),
    entry<&Options::allow_roaming>("allow-roaming", For::Sessions),
    entry<&Options::discretionary>("discretionary", For::Sessions),
    entry<&Options::keep_awake>("keep-awake", For::Sessions),
    entry<&Options::token>("token", For::Tasks),
    entry<&Options::start>("start", For::Tasks),
    entry<&Options::destination>("destination", For::Downloads),
    entry<&Options::if_exists>("if-exists", For::Downloads),
    entry<&Options::mode>("mode", For::Downloads),
    entry<&Options::not_before>("not-before", For::Tasks),
    entry<&Options::ask_before_start>("ask-before-start", For::Tasks),
    entry<&Options::window>("window", For::Tasks),
    entry<&Options::after>("after", For::Tasks),
    entry<&Options::after_failure>("after-failure", For::Tasks),
    entry<&Options::max_size>("max-size", For::Downloads),
    entry<&Options::expected_size>("expected-size", For::Downloads),
    entry<&Options::checksum>("checksum", For::Downloads),
    entry<&Options::mirrors>("mirrors", For::Downloads),
    entry<&Options::connections>("connections", For::Transfers),
    entry<&Options::range>("range", For::Downloads),
    entry<&Options::if_none_match>("if-none-match", For::Transfers),
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
    entry<&Options::subprotocols>("subprotocols", For::WebSockets),
    entry<&Options::delivery>("delivery", For::WebSockets),
    entry<&Options::max_message>("max-message", For::WebSockets),
    entry<&Options::ping_interval>("ping-interval", For::WebSockets),
    entry<&Options::pong_timeout>("pong-timeout", For::WebSockets),
    entry<&Options::reconnect>("reconnect", For::WebSockets),
    entry<&Options::reconnect_max_delay>("reconnect-max-delay", For::WebSockets),
    entry<&Options::final_close_codes>("final-close-codes", For::WebSockets),
    entry<&Options::retried_status>("retried-status", For::WebSockets),
    entry<&Options::inbox_messages>("inbox-messages", For::WebSockets),
    entry<&Options::inbox_bytes>("inbox-bytes", For::WebSockets),
    entry<&Options::overflow>("overflow", For::WebSockets),
};

/// Keys of the contract that wait for their version.
constexpr std::array<std::string_view, 1> kLater{"destination-fd"};

Result<const Entry*> find_entry(OptionScope scope, std::string_view key) {
    for (const auto& entry : kEntries) {
        if (entry.key != key) continue;
        bool is_of_sessions = entry.whom == For::Sessions || entry.whom == For::SessionsAlone;
        if (scope == OptionScope::Session && !is_of_sessions)
            return refuse_option(key, "is one of tasks, not of sessions");
        if (scope == OptionScope::Task && entry.whom == For::SessionsAlone)
            return refuse_option(key, "is one of sessions, not of tasks: give it to OpenSession");
        return &entry;
    }
    if (std::find(kLater.begin(), kLater.end(), key) != kLater.end())
        return fail(ErrorCode::NotSupported,
                    "option \"" + std::string{key} + "\" is not supported by this version");
    return fail(ErrorCode::InvalidArgument,
                "unknown option \"" + shorten(key, 64) + "\": see the Session interface");
}

bool is_for(For whom, TaskKind kind) {
    switch (whom) {
        case For::SessionsAlone:
        case For::Sessions:
        case For::Tasks:
            return true;
        case For::Transfers:
            return kind != TaskKind::WebSocket;
        case For::Downloads:
            return kind == TaskKind::Download;
        case For::Uploads:
            return kind == TaskKind::Upload;
        case For::WebSockets:
            return kind == TaskKind::WebSocket;
    }
    return false;
}

/// Of the kinds that not every option is for.
std::string_view kinds_of(For whom) {
    if (whom == For::Transfers) return "downloads and uploads";
    if (whom == For::Downloads) return "downloads";
    return whom == For::Uploads ? "uploads" : "websockets";
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
    for (const auto& entry : kEntries)
        if (!is_for(entry.whom, kind) && entry.is_set(options))
            return refuse_option(entry.key, "is one of " + std::string{kinds_of(entry.whom)} + ", not of " +
                                                std::string{to_word(kind)} + "s");
    if (kind == TaskKind::Download && options.headers)
        for (const auto& header : *options.headers)
            if (is_condition(header.name))
                return refuse_option("headers",
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

std::string_view to_word(AfterFailure choice) {
    return choice == AfterFailure::Cancel ? "cancel" : "continue";
}

std::string_view to_word(Delivery choice) {
    return choice == Delivery::Durable ? "durable" : "live";
}

std::string_view to_word(Overflow choice) {
    return choice == Overflow::Wait ? "wait" : "drop-oldest";
}

void narrow(Options& options, const Options& session) {
    if (!session.allow_expensive.value_or(true)) options.allow_expensive = false;
    if (!session.allow_constrained.value_or(true)) options.allow_constrained = false;
    if (!session.allow_roaming.value_or(true)) options.allow_roaming = false;
    if (session.discretionary.value_or(false)) options.discretionary = true;
}

Fields to_fields(const Options& options) {
    Fields fields;
    for (const auto& entry : kEntries)
        if (auto value = entry.get(options)) fields.push_back({std::string{entry.key}, std::move(*value)});
    return fields;
}

}  // namespace haul::model
