#pragma once

#include <map>
#include <optional>

#include "console.hpp"
#include "haul/credential.hpp"
#include "haul/details.hpp"
#include "haul/event_details.hpp"
#include "haul/session_handle.hpp"
#include "haul/task_handle.hpp"
#include "interrupt.hpp"
#include "progress.hpp"

namespace haul::cli {

/// What became of a challenge.
enum class ChallengeOutcome {
    Answered,    ///< the task goes on
    Unanswered,  ///< the task goes on waiting, and nobody here will answer
};

/// Answers the challenges that keep a session's tasks waiting: it asks on a terminal, up to three times for
/// each task, and elsewhere says what would answer.
class CredentialDesk {
public:
    CredentialDesk(const Console& console, ProgressView& view, SessionHandle session);

    ChallengeOutcome on_challenge(const TaskHandle& task, const TaskDetails& details);

private:
    bool answer(const TaskHandle& task, const std::optional<Challenge>& challenge);

    const Console& console_;
    ProgressView& view_;
    SessionHandle session_;
    std::map<TaskId, int> asked_;
};

/// What the newest "credentials-needed" event of a task tells; nothing where it is acknowledged already.
std::optional<Challenge> find_challenge(const SessionHandle& session, TaskId task);

}  // namespace haul::cli
