#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.hpp"
#include "model/field.hpp"
#include "model/task.hpp"

namespace haul::control {

/// What a client asks for when it creates a task.
struct CreateRequest {
    std::string kind = "download";
    std::string url;
    Fields options;
    std::optional<model::SourceFile> source{};  ///< of an upload, once SourceDesk has found it
    bool is_known = false;  ///< whether its token names a task already, which has all that it needs
};

/// A request as it came in, with the descriptors that its options name by their place.
struct Order {
    CreateRequest request;
    std::vector<UniqueFd> descriptors{};
};

}  // namespace haul::control
