#pragma once

#include <string>

#include "haul/details.hpp"

namespace haul::cli {

/// A download under way to /home/me/file.iso, for tests to change.
inline TaskDetails task_in(TaskState state) {
    TaskDetails details{};
    details.id = {12};
    details.state = state;
    details.url = "https://example.com/file.iso";
    details.destination = "/home/me/file.iso";
    details.bytes_done = 512;
    details.bytes_total = 1024;
    details.attempts = 1;
    return details;
}

}  // namespace haul::cli
