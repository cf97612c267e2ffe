#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/options.hpp"
#include "model/text.hpp"

/// The way from and to a Value for each C++ type that an option may have. For model/options.cpp alone.
namespace haul::model {

inline constexpr Duration kLongest = std::chrono::days{3650};

/// What to_fields and set_option know about each C++ type that an option may have: the contract's name of the
/// type, and the way from and to a Value.
template <class T>
struct Codec;

inline std::optional<std::uint64_t> to_unsigned(const Value& value) {
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
struct Codec<WakePolicy> {
    static constexpr std::string_view kType = "when-all-done, when-needed, each-event or never (s)";
    static std::optional<WakePolicy> from(const Value& value) {
        for (auto policy :
             {WakePolicy::WhenAllDone, WakePolicy::WhenNeeded, WakePolicy::EachEvent, WakePolicy::Never})
            if (value == Value{std::string{to_word(policy)}}) return policy;
        return std::nullopt;
    }
    static Value to(WakePolicy policy) { return std::string{to_word(policy)}; }
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

template <>
struct Codec<std::vector<std::string>> {
    static constexpr std::string_view kType = "a list of strings (as)";
    static std::optional<std::vector<std::string>> from(const Value& value) {
        if (auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
        auto* text = std::get_if<std::string>(&value);
        return text ? std::optional{split(*text, ' ')} : std::nullopt;
    }
    static Value to(const std::vector<std::string>& list) { return list; }
};

template <>
struct Codec<std::vector<std::uint64_t>> {
    static constexpr std::string_view kType = "a list of task ids (at), or one text with commas between them";
    static std::optional<std::vector<std::uint64_t>> from(const Value& value) {
        if (auto* list = std::get_if<std::vector<std::uint64_t>>(&value)) return *list;
        auto* text = std::get_if<std::string>(&value);
        if (!text) return std::nullopt;
        std::vector<std::uint64_t> list;
        for (const auto& word : split(*text, ',')) {
            auto number = parse_number(word);
            if (!number) return std::nullopt;
            list.push_back(*number);
        }
        return list;
    }
    static Value to(const std::vector<std::uint64_t>& list) { return list; }
};

template <>
struct Codec<AfterFailure> {
    static constexpr std::string_view kType = "cancel or continue (s)";
    static std::optional<AfterFailure> from(const Value& value) {
        for (auto choice : {AfterFailure::Cancel, AfterFailure::Continue})
            if (value == Value{std::string{to_word(choice)}}) return choice;
        return std::nullopt;
    }
    static Value to(AfterFailure choice) { return std::string{to_word(choice)}; }
};

template <>
struct Codec<UrlList> {
    static constexpr std::string_view kType = Codec<std::vector<std::string>>::kType;
    static std::optional<UrlList> from(const Value& value) {
        auto list = Codec<std::vector<std::string>>::from(value);
        return list ? std::optional{UrlList{std::move(*list)}} : std::nullopt;
    }
    static Value to(const UrlList& list) { return list.urls; }
};

template <>
struct Codec<TextMap> {
    static constexpr std::string_view kType = "names and values (a{ss})";
    static std::optional<TextMap> from(const Value& value) {
        auto* map = std::get_if<TextMap>(&value);
        return map ? std::optional{*map} : std::nullopt;
    }
    static Value to(const TextMap& map) { return map; }
};

template <>
struct Codec<FormParts> {
    static constexpr std::string_view kType = "parts with name and value or file (aa{sv})";
    static std::optional<FormParts> from(const Value& value) {
        auto* parts = std::get_if<FormParts>(&value);
        return parts ? std::optional{*parts} : std::nullopt;
    }
};

template <>
struct Codec<UploadProtocol> {
    static constexpr std::string_view kType = "auto, ietf, tus, content-range, s3 or off (s)";
    static std::optional<UploadProtocol> from(const Value& value) {
        auto* text = std::get_if<std::string>(&value);
        return text ? to_upload_protocol(*text) : std::nullopt;
    }
    static Value to(UploadProtocol protocol) { return std::string{to_word(protocol)}; }
};

template <>
struct Codec<Snapshot> {
    static constexpr std::string_view kType = "auto, copy or never (s)";
    static std::optional<Snapshot> from(const Value& value) {
        for (auto choice : {Snapshot::Auto, Snapshot::Copy, Snapshot::Never})
            if (value == Value{std::string{to_word(choice)}}) return choice;
        return std::nullopt;
    }
    static Value to(Snapshot choice) { return std::string{to_word(choice)}; }
};

template <>
struct Codec<Delivery> {
    static constexpr std::string_view kType = "durable or live (s)";
    static std::optional<Delivery> from(const Value& value) {
        for (auto choice : {Delivery::Durable, Delivery::Live})
            if (value == Value{std::string{to_word(choice)}}) return choice;
        return std::nullopt;
    }
    static Value to(Delivery choice) { return std::string{to_word(choice)}; }
};

template <>
struct Codec<Overflow> {
    static constexpr std::string_view kType = "wait or drop-oldest (s)";
    static std::optional<Overflow> from(const Value& value) {
        for (auto choice : {Overflow::Wait, Overflow::DropOldest})
            if (value == Value{std::string{to_word(choice)}}) return choice;
        return std::nullopt;
    }
    static Value to(Overflow choice) { return std::string{to_word(choice)}; }
};

template <>
struct Codec<CloseCodes> {
    static constexpr std::string_view kType = "close codes such as \"1000,3000-4999\" (s)";
    static std::optional<CloseCodes> from(const Value& value) {
        auto* text = std::get_if<std::string>(&value);
        return text ? CloseCodes::parse(*text) : std::nullopt;
    }
    static Value to(const CloseCodes& codes) { return codes.to_text(); }
};

template <>
struct Codec<Blob> {
    static constexpr std::string_view kType = "bytes (ay)";
    static std::optional<Blob> from(const Value& value) {
        auto* blob = std::get_if<Blob>(&value);
        return blob ? std::optional{*blob} : std::nullopt;
    }
};

template <>
struct Codec<Digest> {
    static constexpr std::string_view kType = "sha-256=HEX or sha-512=HEX (s)";
    static std::optional<Digest> from(const Value& value) {
        auto* text = std::get_if<std::string>(&value);
        return text ? parse_digest(*text) : std::nullopt;
    }
    static Value to(const Digest& digest) { return to_text(digest); }
};

/// The set as it would be asked for: "any", or its ranges in ascending order.
inline std::string to_text(const StatusSet& set) {
    constexpr std::uint16_t kEnd = 600;
    if (set.contains(kEnd)) return "any";
    std::string text;
    for (std::uint16_t first = 0; first < kEnd; ++first) {
        if (!set.contains(first)) continue;
        auto last = first;
        while (set.contains(static_cast<std::uint16_t>(last + 1))) ++last;
        text += (text.empty() ? "" : ",") + std::to_string(first);
        if (last > first) text += "-" + std::to_string(last);
        first = last;
    }
    return text;
}

template <>
struct Codec<StatusSet> {
    static constexpr std::string_view kType = "status codes such as \"200-299,404\", or \"any\" (s)";
    static std::optional<StatusSet> from(const Value& value) {
        auto* text = std::get_if<std::string>(&value);
        return text ? StatusSet::parse(*text) : std::nullopt;
    }
    static Value to(const StatusSet& set) { return to_text(set); }
};

template <>
struct Codec<Slice> {
    static constexpr std::string_view kType = "FIRST-LAST or FIRST-, byte offsets that count from 0 (s)";
    static std::optional<Slice> from(const Value& value) {
        auto* text = std::get_if<std::string>(&value);
        if (!text) return std::nullopt;
        auto dash = text->find('-');
        auto first = parse_number(text->substr(0, dash));
        if (dash == text->npos || !first) return std::nullopt;
        if (dash + 1 == text->size()) return Slice{*first, std::nullopt};
        auto last = parse_number(text->substr(dash + 1));
        return last && *last >= *first ? std::optional{Slice{*first, last}} : std::nullopt;
    }
    static Value to(const Slice& slice) {
        return std::to_string(slice.first) + "-" + (slice.last ? std::to_string(*slice.last) : "");
    }
};

}  // namespace haul::model
