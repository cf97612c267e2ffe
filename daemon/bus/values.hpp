#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <map>
#include <string>

#include "base/result.hpp"
#include "model/field.hpp"

namespace haul::bus {

using Dictionary = std::map<std::string, sdbus::Variant>;

/// a{sv} as fields. Errors: InvalidArgument that names the key whose type no option has.
Result<Fields> to_fields(const Dictionary& dictionary);
Dictionary to_dictionary(const Fields& fields);

/// The contract's error for a failure.
sdbus::Error to_bus_error(const Error& error);

}  // namespace haul::bus
