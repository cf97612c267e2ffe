#pragma once

#include <optional>
#include <string>

#include "haul/details.hpp"
#include "haul/event_details.hpp"
#include "haul/types.hpp"

namespace haul::cli {

/// A short name for a task: its file's, else its URL's, else its number; a WebSocket's URL.
std::string label_of(const TaskDetails& details);

/// Whether the task waits until somebody gives it credentials.
bool is_blocked_by_credentials(const TaskDetails& details);

/// Why no bytes move, and for how long: "tries again in 0:12 (connection refused)". Empty where they do.
std::string standstill(const TaskDetails& details, Time now);

/// Who asks a task for credentials, and for which: "task 12 waits for credentials: https://example.com asks
/// for digest, realm \"staff\"".
std::string question(const TaskDetails& details, const std::optional<Challenge>& challenge);

/// What an event tells beside its type, for people: a message's text, why a task failed, "4001: bye", …;
/// empty where that is all.
std::string summary_of(const Event& event);

/// How a task ended: "saved /home/me/file (1.0 GiB in 0:12, 85.3 MiB/s)", "sent …", "failed: …".
std::string ending(const TaskDetails& details);

}  // namespace haul::cli
