#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
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

/// An error says which one of many it was.
template <class T>
Result<T> at(Result<T> result, std::size_t index, std::size_t count) {
    if (!result && count > 1)
        result.error().message = "request " + std::to_string(index + 1) + " of " + std::to_string(count) +
                                 ": " + result.error().message;
    return result;
}

}  // namespace haul::control
