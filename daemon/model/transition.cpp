#include "model/transition.hpp"

#include <algorithm>
#include <utility>

#include "model/limits.hpp"
#include "model/news.hpp"
#include "model/resume_rule.hpp"
#include "model/sources.hpp"
#include "model/text.hpp"
#include "model/upload_life.hpp"
#include "model/url.hpp"

namespace haul::model {
namespace {

/// One step under way: the functions below are the arrows of the table in the header.
class Stepper {
public:
    Stepper(Task task, const Surroundings& around) : step_{std::move(task), {}, {}, {}}, around_(around) {}

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
        if (is_beyond_recall()) return refuse("suspend");
        if (is_unrepeatable(task(), around_.may_repeat))
            return refuse("be suspended: its request can't be made twice; cancel it instead");
        leave_running();
        task().state = TaskState::Suspended;
        task().blocked = Block::None;
        return {};
    }

    Result<> on(const fact::Cancel&) {
        if (task().state == TaskState::Cancelled) return {};
        return cancel(Keep::Nothing);
    }

    Result<> on(const fact::CancelKeeping&) { return cancel(Keep::GoodBytes); }

    Result<> on(const fact::ReplaceUrl& fact) {
        if (is_beyond_recall() || is_unrepeatable(task(), around_.may_repeat))
            return refuse("get another URL");
        task().url = fact.url;
        task().has_secrets = task().has_secrets || fact.has_secrets;
        task().final_url.clear();
        task().source = 0;
        task().sources_tried = 0;
        task().dead_sources &= ~std::uint64_t{1};
        if (std::exchange(task().failures, 0) > 0) task().next_attempt.reset();
        if (task().state == TaskState::Suspended || has(task().blocked, Block::NotBefore)) return {};
        leave_running();
        wait(Block::Queue);
        task().next_attempt.reset();
        return {};
    }

    Result<> on(const fact::CredentialsGiven&) {
        if (is_beyond_recall()) return refuse("take credentials");
        if (task().state == TaskState::Waiting && has(task().blocked, Block::Credentials)) wait(Block::Queue);
        return {};
    }

    Result<> on(const fact::Admit&) {
        if (task().state != TaskState::Waiting) return {};
        task().state = TaskState::Running;
        task().blocked = Block::None;
        task().next_attempt.reset();
        ++task().attempts.value;
        bool is_download = task().kind == TaskKind::Download;
        if (is_download && !task().done.is_empty() && !can_continue(task().validator))
            give_up_bytes("the server gave nothing to continue by");
        step_.effects.push_back(Effect::StartTransfer);
        return {};
    }

    Result<> on(const fact::DeadlinePassed&) {
        if (is_beyond_recall() || task().state == TaskState::Suspended) return {};
        leave_running();
        task().error_text = "the resource timeout was over before the task was";
        end(TaskState::Failed, Reason::Deadline, Keep::GoodBytes);
        return {};
    }

    Result<> on(const fact::Began& fact) {
        if (task().state != TaskState::Running) return {};
        take(fact.entity);
        task().done = fact.done;
        return {};
    }

    Result<> on(const fact::Restarted& fact) {
        if (task().state != TaskState::Running) return {};
        give_up_bytes(fact.why);
        take(fact.entity);
        step_.effects.push_back(Effect::ProceedTransfer);
        return {};
    }

    Result<> on(const fact::Segmented& fact) {
        if (task().state != TaskState::Running) return {};
        take(fact.entity);
        task().done = fact.done;
        task().trust = PartTrust::Covered;
        step_.effects.push_back(Effect::ProceedTransfer);
        return {};
    }

    Result<> on(const fact::Covered& fact) {
        if (task().state == TaskState::Running) task().done = fact.done;
        return {};
    }

    Result<> on(const fact::Progressed& fact) {
        if (task().state != TaskState::Running || task().trust == PartTrust::Covered) return {};
        task().done = Coverage{fact.done};
        if (fact.total) task().total = fact.total;
        return {};
    }

    Result<> on(const fact::Synced& fact) {
        // Also after the attempt: what is on disk then is on disk, unless the bytes were given up.
        if ((is_terminal(task().state) && !task().keeps_part) || task().done.is_empty()) return {};
        task().synced = fact.bytes;
        if (fact.bytes.bytes() > task().done.bytes()) task().done = fact.bytes;
        if (task().state == TaskState::Running && task().trust == PartTrust::Synced && fact.bytes.is_prefix())
            task().trust = PartTrust::Size;
        return {};
    }

    Result<> on(const fact::Arrived& fact) {
        if (task().state != TaskState::Running) return {};
        task().state = TaskState::Publishing;
        take(fact.entity);
        task().done = Coverage{fact.size};
        task().total = fact.size;
        task().part_inode = fact.inode;
        task().trust = PartTrust::Size;
        task().error_text.clear();
        step_.effects.push_back(fact.is_verified ? Effect::Publish : Effect::CheckAndPublish);
        return {};
    }

    Result<> on(const fact::NotModified& fact) {
        if (task().state != TaskState::Running) return {};
        task().status = fact.status;
        task().error_text.clear();
        end(TaskState::Finished, Reason::NotModified);
        step_.effects.push_back(Effect::DiscardPart);
        return {};
    }

    Result<> on(const fact::Uploaded& fact) {
        if (is_terminal(task().state)) return {};
        take(fact.state);
        if (fact.is_held && task().state == TaskState::Running)
            step_.effects.push_back(Effect::ProceedTransfer);
        return {};
    }

    Result<> on(const fact::Answered& fact) {
        if (task().state != TaskState::Running) return {};
        Entity entity;
        entity.status = fact.reply.status;
        entity.final_url = fact.final_url;
        take(entity);
        take(fact.state);
        task().error_text.clear();
        end(TaskState::Finished, Reason::None);
        return {};
    }

    Result<> on(const fact::Interrupted& fact) {
        if (is_terminal(task().state) ? !task().keeps_part : task().state == TaskState::Publishing) return {};
        if (task().state != TaskState::Running) return keep_late_bytes(fact);
        if (fact.upload) take(*fact.upload);
        auto digest = std::move(task().digest);
        take(fact.entity);
        if (task().digest.empty()) task().digest = std::move(digest);
        take_bytes(fact);
        if (fact.progressed) {
            task().failed_resumes = 0;
            task().sources_tried = 0;
            task().told_disk_full = false;
            task().told_missing = false;
        }
        bool is_failure = fact.ending != fact::Ending::Stopped && fact.ending != fact::Ending::Credentials &&
                          fact.ending != fact::Ending::SourceMissing;
        if (is_failure) task().failures = fact.progressed ? 1 : task().failures + 1;
        stumble(fact);
        return {};
    }

    Result<> on(const fact::SyncFailed& fact) {
        if (is_terminal(task().state)) return {};
        bool was_busy = task().state == TaskState::Running || task().state == TaskState::Publishing;
        leave_running();
        if (was_busy) {
            ++task().failures;
            stumble({.ending = fact::Ending::DiskFailed, .reason = Reason::Destination, .text = fact.text});
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
        stumble({.ending = fact.ending, .reason = fact.reason, .text = fact.text});
        return {};
    }

    Result<> on(const fact::Recovered& fact) {
        if (is_terminal(task().state) && !task().keeps_part) return {};
        if (task().kind == TaskKind::Upload) return recover_upload(fact);
        if (!fact.same_boot && task().state == TaskState::Publishing) task().trust = PartTrust::Synced;
        if (!fact.same_boot && task().state != TaskState::Publishing) lose_unsynced();
        if (task().state == TaskState::Publishing) step_.effects.push_back(Effect::CheckAndPublish);
        if (task().state == TaskState::Running) wait(Block::Queue);
        return {};
    }

    Result<> recover_upload(const fact::Recovered& fact) {
        if (!fact.same_boot) task().source_file.identity.device = 0;
        if (task().state == TaskState::Running)
            stumble({.ending = fact::Ending::Stopped,
                     .reason = Reason::Connection,
                     .text = "the daemon was stopped before the server had answered"});
        return {};
    }

    enum class Keep : std::uint8_t { Nothing, GoodBytes };

    Result<> cancel(Keep keep) {
        if (is_beyond_recall()) return refuse("cancel");
        leave_running();
        task().error_text = "cancelled by its client";
        end(TaskState::Cancelled, Reason::Client, keep);
        return {};
    }

    /// The client was faster, and the task does not run any more: what came is kept all the same, unless
    /// bytes were lost on their way to the disk.
    Result<> keep_late_bytes(const fact::Interrupted& fact) {
        if (task().trust == PartTrust::Synced) return {};
        if (fact.upload) take(*fact.upload);
        task().validator = fact.entity.validator;
        task().digest = fact.entity.digest;
        if (fact.entity.total) task().total = fact.entity.total;
        take_bytes(fact);
        return {};
    }

    void take_bytes(const fact::Interrupted& fact) {
        task().has_lane_trouble = task().has_lane_trouble || fact.has_lane_trouble;
        task().done = fact.done;
        task().trust = fact.is_segmented ? PartTrust::Covered : PartTrust::Size;
    }

    /// What the server said of an upload.
    void take(const UploadState& state) {
        task().upload = state;
        task().done = Coverage{state.offset};
    }

    /// What a response's head said.
    void take(const Entity& entity) {
        task().validator = entity.validator;
        if (entity.total) task().total = entity.total;
        if (entity.status != 0) task().status = entity.status;
        task().digest = entity.digest;
        task().modified = entity.modified;
        if (!entity.filename.empty()) task().filename = entity.filename;
        if (entity.final_url.empty() || entity.final_url == task().final_url) return;
        task().final_url = entity.final_url;
        step_.news.push_back(
            {EventType::Redirected,
             {{"url", redact(task().url)}, {"final-url", task().final_url}, {"status", task().status}}});
    }

    /// After trouble: another attempt, now or later, or the end.
    void stumble(const fact::Interrupted& fact) {
        if (!fact.text.empty()) task().error_text = shorten(fact.text, kMaxErrorText);
        if (would_repeat(task(), fact.ending, around_.may_repeat)) {
            task().error_text = unrepeatable_text(task().error_text);
            return end(TaskState::Failed, fact.reason == Reason::None ? Reason::Connection : fact.reason);
        }
        auto backoff = model::retry_delay(around_.backoff, task().failures, around_.jitter);
        switch (fact.ending) {
            case fact::Ending::Stopped:
                return wait(Block::Queue);
            case fact::Ending::Final:
                if (may_be_about_lanes(fact)) return retry(fact.reason, backoff);
                if (!is_fault_of_source(fact.reason) ||
                    !turn_to_next_source(task(), around_.sources, Source::Dead))
                    return end(TaskState::Failed, fact.reason, Keep::GoodBytes);
                if (fact.reason == Reason::Checksum) give_up_bytes(fact.text);
                return wait(Block::Queue);
            case fact::Ending::Refetch:
                give_up_bytes(fact.text);
                // A server may forget each upload as soon as it has it.
                return retry(fact.reason, task().kind == TaskKind::Upload ? backoff : Duration::zero());
            case fact::Ending::ResumeRefused:
                if (++task().failed_resumes >= kMaxFailedResumes) {
                    task().failed_resumes = 0;
                    give_up_bytes(fact.text);
                }
                return retry(fact.reason, backoff);
            case fact::Ending::NotHere:
                turn_to_next_source(task(), around_.sources, Source::Alive);
                return wait(Block::Queue);
            case fact::Ending::Credentials:
                task().upload.may_be_there = false;
                wait(Block::Credentials);
                step_.news.push_back({EventType::CredentialsNeeded, challenge_details(task(), fact)});
                return;
            case fact::Ending::DiskFailed:
                lose_unsynced();
                return retry(fact.reason, backoff);
            case fact::Ending::DiskFull:
                wait(Block::DiskSpace);
                task().next_attempt = around_.now + kDiskSpaceDelay;
                if (!std::exchange(task().told_disk_full, true))
                    step_.news.push_back({EventType::Waiting, waiting_details(task())});
                return;
            case fact::Ending::SourceMissing:
                wait(Block::File);
                task().next_attempt = around_.now + kSourceDelay;
                if (!std::exchange(task().told_missing, true))
                    step_.news.push_back({EventType::Waiting, waiting_details(task())});
                return;
            case fact::Ending::Retry:
                if (turn_to_next_source(task(), around_.sources, Source::Alive)) return wait(Block::Queue);
                return retry(fact.reason, fact.asked_delay ? model::asked_delay(*fact.asked_delay) : backoff);
        }
    }

    /// A server that refused a second connection may not have missed yet that it is gone.
    bool may_be_about_lanes(const fact::Interrupted& fact) {
        constexpr std::uint32_t kTries = 2;
        return fact.reason == Reason::HttpStatus && task().has_lane_trouble && task().failures <= kTries;
    }

    void retry(Reason reason, Duration delay) {
        if (around_.retries && task().failures > *around_.retries) {
            end(TaskState::Failed, reason, Keep::GoodBytes);
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
        if (!task().done.is_empty())
            step_.news.push_back(
                {EventType::ResumedFromZero,
                 {{"bytes-done", task().done.bytes()}, {"error-text", shorten(why, kMaxErrorText)}}});
        task().done = {};
        task().synced = {};
        task().trust = PartTrust::Size;
        task().validator = {};
        task().digest.clear();
        if (task().kind == TaskKind::Upload)
            task().upload = UploadState{task().upload.protocol};
        else
            task().total.reset();
    }

    void end(TaskState state, Reason reason, Keep keep = Keep::Nothing) {
        task().state = state;
        task().reason = reason;
        task().blocked = Block::None;
        task().next_attempt.reset();
        task().deadline.reset();
        task().ended = around_.now;
        task().url = redact(task().url);
        task().keeps_part = keep == Keep::GoodBytes && leaves_good_bytes(task());
        bool is_upload = task().kind == TaskKind::Upload;
        if (auto forgotten = end_upload(task())) {
            step_.forgotten = std::move(*forgotten);
            step_.effects.push_back(Effect::ForgetUpload);
        }
        if (!is_upload && state == TaskState::Finished && reason == Reason::None)
            step_.news.push_back({EventType::FinishedDownloading, ending_details(task())});
        step_.news.push_back({end_event(state), ending_details(task())});
        if (!is_upload && state == TaskState::Finished) return;
        if (!task().keeps_part) step_.effects.push_back(Effect::DiscardPart);
    }

    tl::unexpected<Error> refuse(std::string_view what) {
        return fail(ErrorCode::InvalidState, "task " + std::to_string(task().id.value) + " is " +
                                                 std::string{to_word(task().state)} + ": it can't " +
                                                 std::string{what});
    }

    /// All of its bytes are there, or it has ended.
    bool is_beyond_recall() { return is_terminal(task().state) || task().state == TaskState::Publishing; }

    Task& task() { return step_.task; }

    Step step_;
    const Surroundings& around_;
};

}  // namespace

Result<Step> step(Task task, const Fact& fact, const Surroundings& around) {
    return Stepper{std::move(task), around}.take(fact);
}

}  // namespace haul::model
