#pragma once

#include <string>
#include <string_view>

#include "model/field.hpp"

namespace haul::journal {

/// Fields as bytes, for columns that hold options and details. The form is stable: a later daemon reads it.
std::string encode(const Fields& fields);

/// The value of this key, where there is one of this type.
template <class T>
T get(const Fields& fields, std::string_view key) {
    const auto* value = haul::find(fields, key);
    const auto* typed = value ? std::get_if<T>(value) : nullptr;
    return typed ? *typed : T{};
}

/// The fields again; those up to the first one that makes no sense, where the bytes are damaged.
Fields decode(std::string_view bytes);

}  // namespace haul::journal
