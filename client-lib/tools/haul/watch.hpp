#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "credential_desk.hpp"
#include "exit_code.hpp"
#include "haul/details.hpp"
#include "haul/session_handle.hpp"
#include "haul/task_handle.hpp"
#include "interrupt.hpp"
#include "patience.hpp"
#include "progress.hpp"
#include "rate_meter.hpp"

namespace haul::cli {

/// What a Watch may know and do beyond following tasks; each part may be left out.
struct WatchHelp {
    /// The session that all of the tasks belong to: many of them are then looked at in one call.
    std::optional<SessionHandle> session = {};
    /// Asked about each task that waits for credentials, once each time that it does. One that stays
    /// unanswered is not watched any longer. Without it such tasks are waited for.
    std::function<ChallengeOutcome(const TaskHandle&, const TaskDetails&)> on_challenge = {};
    /// Told of each task that ended, when its end has been shown.
    std::function<void(const TaskHandle&, const TaskDetails&)> on_end = {};
};

/// Follows tasks to their end. It asks twice a second instead of attaching to their session, which only one
/// client can be at a time: any number of programs can watch.
class Watch {
public:
    Watch(const Console& console, ProgressView& view, const Interrupt& interrupt, WatchHelp help = {});

    /// Returns when all have ended, or at an interrupt. TaskFailed where one failed or was cancelled,
    /// CredentialsNeeded where one was left waiting for them.
    ExitCode run(const std::vector<TaskHandle>& tasks);

    /// The tasks that have not ended, after an interrupt.
    std::vector<TaskId> pending() const;

private:
    struct Entry {
        TaskHandle task;
        RateMeter meter = {};
        std::optional<Progress> progress = {};
        bool is_told = false;  ///< that it waits for credentials
    };
    using Survey = std::map<TaskId, TaskSummary>;

    void wait_a_moment(const TaskHandle& task);
    void refresh();
    bool refresh(Entry& entry, Moment now);
    bool is_over(Entry& entry);
    bool on_blocked(Entry& entry);
    std::optional<Survey> survey() const;
    bool take(Entry& entry, const Survey& survey, Moment now);
    void measure(Entry& entry, TaskDetails details, Moment now);
    void show(Moment now);

    const Console& console_;
    ProgressView& view_;
    const Interrupt& interrupt_;
    WatchHelp help_;
    Patience patience_;
    std::vector<Entry> pending_;
    std::size_t ended_ = 0;
    std::size_t questions_left_ = 0;  ///< of this round, about tasks that wait
    TaskId asked_;                    ///< the last one that was asked about
    ExitCode code_ = ExitCode::Done;
};

}  // namespace haul::cli
