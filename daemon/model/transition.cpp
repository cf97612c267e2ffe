#include "model/transition.hpp"

#include <algorithm>

#include "model/limits.hpp"
#include "model/resume_rule.hpp"
#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::model {
namespace {

/// The details that every terminal event has.
Fields ending_details(const Task& task) {
    Fields details{{"url", task.url},
                   {"bytes-done", std::uint64_t{task.done}},
                   {"bytes-total", task.total ? static_cast<std::int64_t>(*task.total) : std::int64_t{-1}},
                   {"attempts", task.attempts.value}};
    if (!task.token.empty()) details.push_back({"token", task.token});
    if (task.status != 0) details.push_back({"status", task.status});
    if (!task.path.empty()) details.push_back({"path", task.path});
    if (task.reason != Reason::None) details.push_back({"error", std::string{to_word(task.reason)}});
    if (!task.error_text.empty()) details.push_back({"error-text", task.error_text});
    return details;
}

/// One step under way: the functions below are the arrows of the table in the header.
class Stepper {
public:
    Stepper(Task task, const Surroundings& around) : step_{std::move(task), {}, {}}, around_(around) {}

    Result<Step> take(const Fact& fact) {
        auto outcome = std::visit([this](const auto& what) { return on(what); }, fact);
        if (!outcome) return tl::make_unexpected(std::move(outcome).error());
        return std::move(step_);
    }

private:
    Result<> on(const fact::Resume&) {
        if (is_terminal(task().state)) return refuse("resume");
        if (task().state != TaskState::Suspended) return {};
        task().resumed_before = true;
        wait(Block::Queue);
        if (task().next_attempt && *task().next_attempt > around_.now)
            task().blocked = task().failures > 0 ? Block::RetryDelay : Block::NotBefore;
        return {};
    }

    Result<> on(const fact::Suspend&) {
        if (is_terminal(task().state) || task().state == TaskState::Publishing) return refuse("suspend");
        leave_running();
        task().state = TaskState::Suspended;
        task().blocked = Block::None;
        return {};
    }

    Result<> on(const fact::Cancel&) {
        if (task().state == TaskState::Cancelled) return {};
        if (is_terminal(task().state) || task().state == TaskState::Publishing) return refuse("cancel");
        leave_running();
        task().error_text = "cancelled by its client";
        end(TaskState::Cancelled, Reason::Client);
        return {};
    }

    Result<> on(const fact::Admit&) {
        if (task().state != TaskState::Waiting) return {};
        task().state = TaskState::Running;
        task().blocked = Block::None;
        task().next_attempt.reset();
        ++task().attempts.value;
        if (task().done > 0 && !can_continue(task().validator))
            give_up_bytes("the server gave nothing to continue by");
        step_.effects.push_back(Effect::StartTransfer);
        return {};
    }

    Result<> on(const fact::DeadlinePassed&) {
        if (is_terminal(task().state) || task().state == TaskState::Publishing ||
            task().state == TaskState::Suspended)
            return {};
        leave_running();
        task().error_text = "the resource timeout was over before the task was";
        end(TaskState::Failed, Reason::Deadline);
        return {};
    }

    Result<> on(const fact::Began& fact) {
        if (task().state != TaskState::Running) return {};
        task().validator = fact.validator;
        task().total = fact.total;
        task().status = fact.status;
        task().done = fact.done;
        return {};
    }

    Result<> on(const fact::Restarted& fact) {
        if (task().state != TaskState::Running) return {};
        give_up_bytes(fact.why);
        TRY(on(fact.entity));
        step_.effects.push_back(Effect::ProceedTransfer);
        return {};
    }

    Result<> on(const fact::Progressed& fact) {
        if (task().state != TaskState::Running) return {};
        task().done = fact.done;
        if (fact.total) task().total = fact.total;
        return {};
    }

    Result<> on(const fact::Synced& fact) {
        // Also after the attempt: what is on disk then is on disk, unless the bytes were given up.
        if (is_terminal(task().state) || task().done == 0) return {};
        task().synced = fact.offset;
        task().done = std::max(task().done, fact.offset);
        if (task().state == TaskState::Running) task().trust = PartTrust::Size;
        return {};
    }

    Result<> on(const fact::Arrived& fact) {
        if (task().state != TaskState::Running) return {};
        task().state = TaskState::Publishing;
        task().done = fact.size;
        task().total = fact.size;
        task().status = fact.status;
        task().part_inode = fact.inode;
        task().trust = PartTrust::Size;
        task().error_text.clear();
        step_.effects.push_back(Effect::Publish);
        return {};
    }

    Result<> on(const fact::Interrupted& fact) {
        if (task().state != TaskState::Running && task().state != TaskState::Suspended) return {};
        task().status = fact.status;
        task().done = fact.done;
        task().trust = PartTrust::Size;
        if (fact.total) task().total = fact.total;
        task().validator = fact.validator;
        if (task().state == TaskState::Suspended)
            return {};  // the client was faster: the bytes are kept all the same
        if (fact.ending != fact::Ending::Stopped) task().failures = fact.progressed ? 1 : task().failures + 1;
        stumble(fact.ending, fact.reason, fact.text, fact.asked_delay);
        return {};
    }

    Result<> on(const fact::SyncFailed& fact) {
        if (is_terminal(task().state)) return {};
        bool was_busy = task().state == TaskState::Running || task().state == TaskState::Publishing;
        leave_running();
        if (was_busy) {
            ++task().failures;
            stumble(fact::Ending::DiskFailed, Reason::Destination, fact.text, std::nullopt);
        } else {
            lose_unsynced();
        }
        return {};
    }

    Result<> on(const fact::Published& fact) {
        if (task().state != TaskState::Publishing) return {};
        task().path = fact.path;
        task().synced = task().done;
        end(TaskState::Finished, Reason::None);
        return {};
    }

    Result<> on(const fact::Unpublished& fact) {
        if (task().state != TaskState::Publishing) return {};
        ++task().failures;
        stumble(fact.ending, Reason::Destination, fact.text, std::nullopt);
        return {};
    }

    Result<> on(const fact::Recovered& fact) {
        if (is_terminal(task().state)) return {};
        if (!fact.same_boot && task().state == TaskState::Publishing) task().trust = PartTrust::Synced;
        if (!fact.same_boot && task().state != TaskState::Publishing) lose_unsynced();
        if (task().state == TaskState::Publishing) step_.effects.push_back(Effect::Publish);
        if (task().state == TaskState::Running) wait(Block::Queue);
        return {};
    }

    /// After trouble: another attempt later, or the end.
    void stumble(fact::Ending ending, Reason reason, const std::string& text, std::optional<Duration> asked) {
        if (!text.empty()) task().error_text = shorten(text, kMaxErrorText);
        switch (ending) {
            case fact::Ending::Stopped:
                wait(Block::Queue);
                return;
            case fact::Ending::Final:
                end(TaskState::Failed, reason);
                return;
            case fact::Ending::Refetch:
                give_up_bytes(text);
                retry(reason, Duration::zero());
                return;
            case fact::Ending::DiskFailed:
                lose_unsynced();
                retry(reason, model::retry_delay(around_.backoff, task().failures, around_.jitter));
                return;
            case fact::Ending::DiskFull:
                wait(Block::DiskSpace);
                task().next_attempt = around_.now + kDiskSpaceDelay;
                step_.news.push_back({EventType::Waiting, waiting_details()});
                return;
            case fact::Ending::Retry:
                retry(reason, asked ? model::asked_delay(*asked)
                                    : model::retry_delay(around_.backoff, task().failures, around_.jitter));
                return;
        }
    }

    void retry(Reason reason, Duration delay) {
        if (around_.retries && task().failures > *around_.retries) {
            end(TaskState::Failed, reason);
            return;
        }
        wait(delay > Duration::zero() ? Block::RetryDelay : Block::Queue);
        task().next_attempt = delay > Duration::zero() ? std::optional{around_.now + delay} : std::nullopt;
    }

    void wait(Block why) {
        task().state = TaskState::Waiting;
        task().blocked = why;
    }

    void lose_unsynced() {
        task().done = task().synced;
        task().trust = PartTrust::Synced;
    }

    void leave_running() {
        if (task().state == TaskState::Running) step_.effects.push_back(Effect::StopTransfer);
    }

    /// The next bytes are those from 0.
    void give_up_bytes(const std::string& why) {
        if (task().done > 0)
            step_.news.push_back(
                {EventType::ResumedFromZero,
                 {{"bytes-done", std::uint64_t{task().done}}, {"error-text", shorten(why, kMaxErrorText)}}});
        task().done = 0;
        task().synced = 0;
        task().validator = {};
        task().total.reset();
    }

    void end(TaskState state, Reason reason) {
        task().state = state;
        task().reason = reason;
        task().blocked = Block::None;
        task().next_attempt.reset();
        task().deadline.reset();
        task().ended = around_.now;
        task().url = redact(task().url);
        switch (state) {
            case TaskState::Finished:
                step_.news.push_back({EventType::FinishedDownloading, ending_details(task())});
                step_.news.push_back({EventType::Completed, ending_details(task())});
                return;
            case TaskState::Failed:
                step_.news.push_back({EventType::Failed, ending_details(task())});
                break;
            case TaskState::Cancelled:
                step_.news.push_back({EventType::Cancelled, ending_details(task())});
                break;
            case TaskState::Suspended:
            case TaskState::Waiting:
            case TaskState::Running:
            case TaskState::Publishing:
                break;
        }
        step_.effects.push_back(Effect::DiscardPart);
    }

    Fields waiting_details() {
        return {{"blocked-by", std::vector<std::string>{std::string{to_word(task().blocked)}}},
                {"next-attempt", static_cast<std::uint64_t>(to_usec(*task().next_attempt))},
                {"error-text", task().error_text}};
    }

    tl::unexpected<Error> refuse(std::string_view what) {
        return fail(ErrorCode::InvalidState, "task " + std::to_string(task().id.value) + " is " +
                                                 std::string{to_word(task().state)} + ": it can't " +
                                                 std::string{what});
    }

    Task& task() { return step_.task; }

    Step step_;
    const Surroundings& around_;
};

}  // namespace

Result<Step> step(Task task, const Fact& fact, const Surroundings& around) {
    return Stepper{std::move(task), around}.take(fact);
}

}  // namespace haul::model
