#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "model/field.hpp"

namespace haul::bus {

using Dictionary = std::map<std::string, sdbus::Variant>;

/// Options as fields, with the descriptors among them that have to travel.
struct Decoded {
    Fields fields;
    std::vector<UniqueFd> descriptors;
};
/// What becomes of a descriptor of a file.
enum class FileFds {
    ToPaths,  ///< it is put as a path where one leads to its file
    Travel,   ///< it is kept: its owner may read what the daemon may not open by a path
};

/// a{sv} as fields. `destination-fd` becomes `destination`. `file-fd` becomes `file` where it is a regular
/// file, open for reading, that a path leads to; otherwise it stays `file-fd`, now the place of the
/// descriptor in `descriptors` (u32). Likewise in the parts of `form`, where that place is decimal text.
/// Errors: InvalidArgument that names the key whose type no option has; LimitExceeded where no descriptor is
/// left.
Result<Decoded> to_fields(const Dictionary& dictionary, FileFds files = FileFds::ToPaths);
Dictionary to_dictionary(const Fields& fields);

/// The contract's error for a failure.
sdbus::Error to_bus_error(const Error& error);

}  // namespace haul::bus
