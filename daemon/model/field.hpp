#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace haul {

/// Bytes that are no text (ay).
using Blob = std::vector<std::uint8_t>;

/// The parts of a form, each with its keys and values (aa{sv}).
using FormParts = std::vector<std::map<std::string, std::string>>;

/// A value of an option or of an event's details: what a D-Bus variant may hold there.
using Value = std::variant<bool, std::uint16_t, std::uint32_t, std::uint64_t, std::int64_t, double,
                           std::string, std::vector<std::string>, std::map<std::string, std::string>, Blob,
                           FormParts, std::vector<std::uint64_t>>;

/// A key with its value; keys are the contract's kebab-case words.
struct Field {
    std::string key;
    Value value;
    friend bool operator==(const Field&, const Field&) = default;
};
using Fields = std::vector<Field>;

/// The field with this key, or nullptr.
inline const Value* find(const Fields& fields, std::string_view key) {
    for (const auto& field : fields)
        if (field.key == key) return &field.value;
    return nullptr;
}

}  // namespace haul
