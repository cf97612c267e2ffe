// What the reports of engine and storeroom do to a task.

#include <algorithm>
#include <utility>

#include "model/limits.hpp"
#include "model/news.hpp"
#include "model/resume_rule.hpp"
#include "model/socket.hpp"
#include "model/sources.hpp"
#include "model/stepper.hpp"
#include "model/text.hpp"
#include "model/upload_life.hpp"
#include "model/url.hpp"

namespace haul::model {

/// What the server said of an upload.
void Stepper::take(const UploadState& state) {
    task().upload = state;
    task().done = Coverage{state.offset};
}

/// What a response's head said.
void Stepper::take(const Entity& entity) {
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

Result<> Stepper::on(const fact::Began& fact) {
    if (task().state != TaskState::Running) return {};
    take(fact.entity);
    task().done = fact.done;
    return {};
}

Result<> Stepper::on(const fact::Restarted& fact) {
    if (task().state != TaskState::Running) return {};
    give_up_bytes(fact.why);
    take(fact.entity);
    step_.effects.push_back(Effect::ProceedTransfer);
    return {};
}

Result<> Stepper::on(const fact::Segmented& fact) {
    if (task().state != TaskState::Running) return {};
    take(fact.entity);
    task().done = fact.done;
    task().trust = PartTrust::Covered;
    step_.effects.push_back(Effect::ProceedTransfer);
    return {};
}

Result<> Stepper::on(const fact::Covered& fact) {
    if (task().state == TaskState::Running) task().done = fact.done;
    return {};
}

Result<> Stepper::on(const fact::Progressed& fact) {
    if (task().state != TaskState::Running || task().trust == PartTrust::Covered) return {};
    task().done = Coverage{fact.done};
    if (fact.total) task().total = fact.total;
    return {};
}

Result<> Stepper::on(const fact::Synced& fact) {
    // Also after the attempt: what is on disk then is on disk, unless the bytes were given up.
    if ((is_terminal(task().state) && !task().keeps_part) || task().done.is_empty()) return {};
    task().synced = fact.bytes;
    if (fact.bytes.bytes() > task().done.bytes()) task().done = fact.bytes;
    if (task().state == TaskState::Running && task().trust == PartTrust::Synced && fact.bytes.is_prefix())
        task().trust = PartTrust::Size;
    return {};
}

Result<> Stepper::on(const fact::Arrived& fact) {
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

Result<> Stepper::on(const fact::NotModified& fact) {
    if (task().state != TaskState::Running) return {};
    task().status = fact.status;
    task().error_text.clear();
    end(TaskState::Finished, Reason::NotModified);
    step_.effects.push_back(Effect::DiscardPart);
    return {};
}

Result<> Stepper::on(const fact::Uploaded& fact) {
    if (is_terminal(task().state)) return {};
    take(fact.state);
    if (fact.is_held && task().state == TaskState::Running) step_.effects.push_back(Effect::ProceedTransfer);
    return {};
}

Result<> Stepper::on(const fact::Answered& fact) {
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

Result<> Stepper::on(const fact::Interrupted& fact) {
    if (is_terminal(task().state) ? !task().keeps_part : task().state == TaskState::Publishing) return {};
    bool is_stopped = fact.ending == fact::Ending::Stopped;
    note_closed({.code = is_stopped ? close_code::kGoingAway : close_code::kLost, .text = fact.text});
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
    bool is_failure =
        !is_stopped && fact.ending != fact::Ending::Credentials && fact.ending != fact::Ending::SourceMissing;
    if (fact.ending != fact::Ending::Unreachable) task().told_unreachable = false;
    if (is_failure) task().failures = fact.progressed ? 1 : task().failures + 1;
    stumble(fact);
    return {};
}

Result<> Stepper::on(const fact::SyncFailed& fact) {
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

Result<> Stepper::on(const fact::Published& fact) {
    if (task().state != TaskState::Publishing) return {};
    task().path = fact.path;
    task().synced = task().done;
    end(TaskState::Finished, Reason::None);
    return {};
}

Result<> Stepper::on(const fact::Unpublished& fact) {
    if (task().state != TaskState::Publishing) return {};
    ++task().failures;
    stumble({.ending = fact.ending, .reason = fact.reason, .text = fact.text});
    return {};
}

/// The client was faster, and the task does not run any more: what came is kept all the same, unless
/// bytes were lost on their way to the disk.
Result<> Stepper::keep_late_bytes(const fact::Interrupted& fact) {
    if (task().trust == PartTrust::Synced) return {};
    if (fact.upload) take(*fact.upload);
    task().validator = fact.entity.validator;
    task().digest = fact.entity.digest;
    if (fact.entity.total) task().total = fact.entity.total;
    take_bytes(fact);
    return {};
}

void Stepper::take_bytes(const fact::Interrupted& fact) {
    task().has_lane_trouble = task().has_lane_trouble || fact.has_lane_trouble;
    task().done = fact.done;
    task().trust = fact.is_segmented ? PartTrust::Covered : PartTrust::Size;
}

/// After trouble: another attempt, now or later, or the end.
void Stepper::stumble(const fact::Interrupted& fact) {
    if (!fact.text.empty()) task().error_text = shorten(fact.text, kMaxErrorText);
    if (would_repeat(task(), fact.ending, around_.may_repeat)) {
        task().error_text = unrepeatable_text(task().error_text);
        return end(TaskState::Failed, fact.reason == Reason::None ? Reason::Connection : fact.reason);
    }
    switch (fact.ending) {
        case fact::Ending::Stopped:
            return wait(Block::Queue);
        case fact::Ending::Final:
            if (may_be_about_lanes(fact)) return retry(fact.reason, backoff());
            if (!is_fault_of_source(fact.reason) ||
                !turn_to_next_source(task(), around_.sources, Source::Dead))
                return end(TaskState::Failed, fact.reason, Keep::GoodBytes);
            if (fact.reason == Reason::Checksum) give_up_bytes(fact.text);
            return wait(Block::Queue);
        case fact::Ending::Refetch:
            give_up_bytes(fact.text);
            // A server may forget each upload as soon as it has it.
            return retry(fact.reason, task().kind == TaskKind::Upload ? backoff() : Duration::zero());
        case fact::Ending::ResumeRefused:
            if (++task().failed_resumes >= kMaxFailedResumes) {
                task().failed_resumes = 0;
                give_up_bytes(fact.text);
            }
            return retry(fact.reason, backoff());
        case fact::Ending::NotHere:
            turn_to_next_source(task(), around_.sources, Source::Alive);
            return wait(Block::Queue);
        case fact::Ending::Credentials:
            task().upload.may_be_there = false;
            wait(Block::Credentials);
            step_.news.push_back({EventType::CredentialsNeeded, challenge_details(task(), fact), true});
            return;
        case fact::Ending::DiskFailed:
            lose_unsynced();
            return retry(fact.reason, backoff());
        case fact::Ending::DiskFull:
            wait(Block::DiskSpace);
            task().next_attempt = around_.now + kDiskSpaceDelay;
            if (!std::exchange(task().told_disk_full, true))
                step_.news.push_back({EventType::Waiting, waiting_details(task())});
            return;
        case fact::Ending::SourceMissing:
            return wait_for_source();
        case fact::Ending::Unreachable:
            if (turn_to_next_source(task(), around_.sources, Source::Alive)) return wait(Block::Queue);
            return wait_for_network(fact, backoff());
        case fact::Ending::Retry:
            if (turn_to_next_source(task(), around_.sources, Source::Alive)) return wait(Block::Queue);
            return retry(fact.reason, fact.asked_delay ? model::asked_delay(*fact.asked_delay) : backoff());
    }
}

/// The delay before another attempt.
Duration Stepper::backoff() const {
    auto delay = step_.task.kind == TaskKind::WebSocket ? reconnect_delay : retry_delay;
    return delay(around_.backoff, step_.task.failures, around_.jitter);
}

/// A server that refused a second connection may not have missed yet that it is gone.
bool Stepper::may_be_about_lanes(const fact::Interrupted& fact) {
    constexpr std::uint32_t kTries = 2;
    return fact.reason == Reason::HttpStatus && task().has_lane_trouble && task().failures <= kTries;
}

/// Its client is told once.
void Stepper::wait_for_source() {
    wait(Block::File);
    task().next_attempt = around_.now + kSourceDelay;
    if (!std::exchange(task().told_missing, true))
        step_.news.push_back({EventType::Waiting, waiting_details(task()), true});
}

/// As any other retry, but the client hears of it, once for each time.
void Stepper::wait_for_network(const fact::Interrupted& fact, Duration delay) {
    retry(fact.reason, delay);
    if (!has(task().blocked, Block::RetryDelay)) return;
    task().blocked = task().blocked | Block::Network;
    if (!std::exchange(task().told_unreachable, true))
        step_.news.push_back({EventType::Waiting, waiting_details(task())});
}

void Stepper::retry(Reason reason, Duration delay) {
    if (around_.retries && task().failures > *around_.retries) {
        end(TaskState::Failed, reason, Keep::GoodBytes);
        return;
    }
    wait(delay > Duration::zero() ? Block::RetryDelay : Block::Queue);
    task().next_attempt = delay > Duration::zero() ? std::optional{around_.now + delay} : std::nullopt;
}

}  // namespace haul::model
