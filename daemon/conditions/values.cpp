#include "conditions/values.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace haul::conditions {
namespace {

constexpr std::size_t kLongestText = 255;

template <class T>
std::optional<Value> read_integer(sd_bus_message* message, char type) {
    T value{};
    if (sd_bus_message_read_basic(message, type, &value) <= 0 || !std::in_range<std::int64_t>(value))
        return {};
    return Value{static_cast<std::int64_t>(value)};
}

std::optional<Value> read_text(sd_bus_message* message, char type) {
    const char* value = nullptr;
    if (sd_bus_message_read_basic(message, type, &value) <= 0 || std::strlen(value) > kLongestText) return {};
    return Value{std::string{value}};
}

std::optional<Value> read_single(sd_bus_message* message, char type) {
    int truth = 0;
    double real = 0;
    switch (type) {
        case SD_BUS_TYPE_BOOLEAN:
            return sd_bus_message_read_basic(message, type, &truth) > 0 ? std::optional{Value{truth != 0}}
                                                                        : std::nullopt;
        case SD_BUS_TYPE_DOUBLE:
            return sd_bus_message_read_basic(message, type, &real) > 0 ? std::optional{Value{real}}
                                                                       : std::nullopt;
        case SD_BUS_TYPE_BYTE:
            return read_integer<std::uint8_t>(message, type);
        case SD_BUS_TYPE_INT16:
            return read_integer<std::int16_t>(message, type);
        case SD_BUS_TYPE_UINT16:
            return read_integer<std::uint16_t>(message, type);
        case SD_BUS_TYPE_INT32:
            return read_integer<std::int32_t>(message, type);
        case SD_BUS_TYPE_UINT32:
            return read_integer<std::uint32_t>(message, type);
        case SD_BUS_TYPE_INT64:
            return read_integer<std::int64_t>(message, type);
        case SD_BUS_TYPE_UINT64:
            return read_integer<std::uint64_t>(message, type);
        case SD_BUS_TYPE_STRING:
        case SD_BUS_TYPE_OBJECT_PATH:
            return read_text(message, type);
        default:
            return {};
    }
}

/// The value of one entry; the message stands behind it afterwards.
std::optional<Value> read_variant(sd_bus_message* message) {
    char kind = 0;
    const char* contents = nullptr;
    std::optional<Value> value;
    if (sd_bus_message_peek_type(message, &kind, &contents) <= 0 || kind != SD_BUS_TYPE_VARIANT) return {};
    if (std::strlen(contents) != 1) {
        sd_bus_message_skip(message, "v");
        return {};
    }
    char type = *contents;
    if (sd_bus_message_enter_container(message, SD_BUS_TYPE_VARIANT, contents) <= 0) return {};
    value = read_single(message, type);
    sd_bus_message_exit_container(message);
    return value;
}

template <class T>
const T* find_value(const Values& values, std::string_view name) {
    auto found = values.find(name);
    return found == values.end() ? nullptr : std::get_if<T>(&found->second);
}

}  // namespace

bool read_values(sd_bus_message* message, const Names& wanted, Values& values) {
    if (sd_bus_message_enter_container(message, SD_BUS_TYPE_ARRAY, "{sv}") <= 0) return false;
    while (sd_bus_message_enter_container(message, SD_BUS_TYPE_DICT_ENTRY, "sv") > 0) {
        const char* name = nullptr;
        if (sd_bus_message_read_basic(message, SD_BUS_TYPE_STRING, &name) <= 0) return false;
        if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) {
            if (sd_bus_message_skip(message, "v") <= 0) return false;
        } else {
            std::string key{name};
            values.erase(key);
            if (auto value = read_variant(message)) values[key] = std::move(*value);
        }
        if (sd_bus_message_exit_container(message) < 0) return false;
    }
    return sd_bus_message_exit_container(message) >= 0;
}

std::optional<bool> truth(const Values& values, std::string_view name) {
    const auto* value = find_value<bool>(values, name);
    return value ? std::optional{*value} : std::nullopt;
}

std::optional<std::int64_t> number(const Values& values, std::string_view name) {
    const auto* value = find_value<std::int64_t>(values, name);
    return value ? std::optional{*value} : std::nullopt;
}

std::optional<double> real(const Values& values, std::string_view name) {
    const auto* value = find_value<double>(values, name);
    return value ? std::optional{*value} : std::nullopt;
}

std::string text(const Values& values, std::string_view name) {
    const auto* value = find_value<std::string>(values, name);
    return value ? *value : "";
}

}  // namespace haul::conditions
