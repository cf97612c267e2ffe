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
    std::vector<UniqueFd> descriptors{};        ///< that options name by their place here
    std::optional<model::SourceFile> source{};  ///< of an upload, once SourceDesk has found it
};

}  // namespace haul::control
