// What clients, the clock and a start of the daemon do to a task.

#include "model/transition.hpp"

#include <algorithm>
#include <utility>

#include "model/limits.hpp"
#include "model/news.hpp"
#include "model/resume_rule.hpp"
#include "model/sources.hpp"
#include "model/stepper.hpp"
#include "model/text.hpp"
#include "model/upload_life.hpp"
#include "model/url.hpp"

namespace haul::model {

Result<Step> Stepper::take(const Fact& fact) {
    auto outcome = std::visit([this](const auto& what) { return on(what); }, fact);
    if (!outcome) return tl::make_unexpected(std::move(outcome).error());
    return std::move(step_);
}

Result<> Stepper::on(const fact::Resume&) {
    if (is_terminal(task().state)) return refuse("resume");
    if (task().question == Question::Asked) task().question = Question::None;
    if (has(task().blocked, Block::Client)) wait(Block::Queue);
    if (task().state != TaskState::Suspended) return {};
    task().resumed_before = true;
    wait(Block::Queue);
    if (task().next_attempt && *task().next_attempt > around_.now)
        task().blocked = task().failures > 0 ? Block::RetryDelay : Block::NotBefore;
    return {};
}

Result<> Stepper::on(const fact::Suspend&) {
    if (is_beyond_recall()) return refuse("suspend");
    if (is_unrepeatable(task(), around_.may_repeat))
        return refuse("be suspended: its request can't be made twice; cancel it instead");
    leave_running();
    task().state = TaskState::Suspended;
    task().blocked = Block::None;
    return {};
}

Result<> Stepper::on(const fact::Cancel& fact) {
    if (task().state == TaskState::Cancelled) return {};
    return cancel(Keep::Nothing, fact.reason);
}

Result<> Stepper::on(const fact::ReplaceUrl& fact) {
    if (is_beyond_recall() || is_unrepeatable(task(), around_.may_repeat)) return refuse("get another URL");
    task().url = fact.url;
    task().has_secrets = task().has_secrets || fact.has_secrets;
    task().final_url.clear();
    task().source = 0;
    task().sources_tried = 0;
    task().dead_sources &= ~std::uint64_t{1};
    if (std::exchange(task().failures, 0) > 0) task().next_attempt.reset();
    bool is_held = has(task().blocked, Block::NotBefore) || has(task().blocked, Block::Client);
    if (task().state == TaskState::Suspended || is_held) return {};
    leave_running();
    wait(Block::Queue);
    task().next_attempt.reset();
    return {};
}

Result<> Stepper::on(const fact::CredentialsGiven&) {
    if (is_beyond_recall()) return refuse("take credentials");
    if (task().state == TaskState::Waiting && has(task().blocked, Block::Credentials)) wait(Block::Queue);
    return {};
}

Result<> Stepper::on(const fact::Admit&) {
    if (task().state != TaskState::Waiting) return {};
    if (task().question != Question::None) {
        ask();
        return {};
    }
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

Result<> Stepper::on(const fact::DeadlinePassed&) {
    if (is_beyond_recall() || task().state == TaskState::Suspended) return {};
    leave_running();
    task().error_text = "the resource timeout was over before the task was";
    end(TaskState::Failed, Reason::Deadline, Keep::GoodBytes);
    return {};
}

/// All that wait for it come in the same moment: each a little later than it.
Result<> Stepper::on(const fact::NetworkBetter&) {
    if (task().state != TaskState::Waiting || !has(task().blocked, Block::Network)) return {};
    constexpr Duration kSpread = std::chrono::seconds{1};
    auto later = spread(kSpread, around_.jitter);
    if (*task().next_attempt > around_.now + later) task().next_attempt = around_.now + later;
    return {};
}

Result<> Stepper::on(const fact::RoomMade&) {
    if (task().state != TaskState::Waiting || !has(task().blocked, Block::DiskSpace)) return {};
    wait(Block::Queue);
    task().next_attempt.reset();
    return {};
}

/// Its bytes are kept, and it goes on when it may. What can't be sent twice goes on now.
Result<> Stepper::on(const fact::Halted& fact) {
    if (task().state != TaskState::Running || is_unrepeatable(task(), around_.may_repeat)) return {};
    leave_running();
    wait(Block::Queue);
    step_.news.push_back({EventType::Waiting, {{"blocked-by", to_words(fact.blocks)}}});
    return {};
}

Result<> Stepper::on(const fact::PredecessorEnded& fact) {
    if (is_terminal(task().state)) return {};
    if (task().predecessors > 0) --task().predecessors;
    if (fact.has_finished || !fact.is_needed) return {};
    leave_running();
    task().error_text =
        "task " + std::to_string(fact.predecessor.value) + ", which had to finish first, has not";
    end(TaskState::Cancelled, Reason::Predecessor);
    return {};
}

Result<> Stepper::on(const fact::SourceFound& fact) {
    if (task().state != TaskState::Waiting || task().source_file.is_found()) return {};
    task().source_file = fact.source;
    task().total = fact.source.identity.size;
    return {};
}

Result<> Stepper::on(const fact::SourceLacking& fact) {
    if (task().state != TaskState::Waiting || task().source_file.is_found()) return {};
    task().error_text = shorten(fact.text, kMaxErrorText);
    if (fact.is_final)
        end(TaskState::Failed, Reason::Source);
    else
        wait_for_source();
    return {};
}

Result<> Stepper::on(const fact::Recovered& fact) {
    if (is_terminal(task().state) && !task().keeps_part) return {};
    if (task().kind == TaskKind::Upload) return recover_upload(fact);
    // A goodbye that may have been answered counts.
    auto said = task().socket;
    if (said.goodbye_code != 0 && task().state == TaskState::Running)
        return on(fact::Closed{.code = said.goodbye_code, .reason = said.goodbye_reason, .is_clean = true});
    note_closed({.code = close_code::kLost, .text = "the daemon was stopped"});
    if (!fact.same_boot && task().state == TaskState::Publishing) task().trust = PartTrust::Synced;
    if (!fact.same_boot && task().state != TaskState::Publishing) lose_unsynced();
    if (task().state == TaskState::Publishing) step_.effects.push_back(Effect::CheckAndPublish);
    if (task().state == TaskState::Running) wait(Block::Queue);
    return {};
}

Result<> Stepper::recover_upload(const fact::Recovered& fact) {
    if (!fact.same_boot) task().source_file.identity.device = 0;
    if (task().state == TaskState::Running)
        stumble({.ending = fact::Ending::Stopped,
                 .reason = Reason::Connection,
                 .text = "the daemon was stopped before the server had answered"});
    return {};
}

Result<> Stepper::cancel(Keep keep, Reason reason) {
    if (is_beyond_recall()) return refuse("cancel");
    leave_running();
    task().error_text = reason == Reason::Session ? "its session was invalidated" : "cancelled by its client";
    end(TaskState::Cancelled, reason, keep);
    return {};
}

/// The first attempt waits for the client's answer.
void Stepper::ask() {
    task().question = Question::Asked;
    wait(Block::Client);
    step_.news.push_back({EventType::AboutToStart, start_details(task()), true});
    task().next_attempt.reset();
}

void Stepper::wait(Block why) {
    task().state = TaskState::Waiting;
    task().blocked = why;
}

void Stepper::lose_unsynced() {
    task().done = task().synced;
    task().trust = PartTrust::Synced;
}

void Stepper::leave_running() {
    if (task().state == TaskState::Running) step_.effects.push_back(Effect::StopTransfer);
}

/// The next bytes are those from 0.
void Stepper::give_up_bytes(const std::string& why) {
    if (!task().done.is_empty())
        step_.news.push_back(
            {EventType::ResumedFromZero,
             {{"bytes-done", task().done.bytes()}, {"error-text", shorten(why, kMaxErrorText)}}});
    task().done = {};
    task().synced = {};
    task().trust = PartTrust::Size;
    task().validator = {};
    task().digest.clear();
    if (task().kind == TaskKind::Download) task().total.reset();
}

void Stepper::end(TaskState state, Reason reason, Keep keep) {
    task().state = state;
    task().reason = reason;
    task().blocked = Block::None;
    task().next_attempt.reset();
    task().deadline.reset();
    task().ended = around_.now;
    task().url = redact(task().url);
    task().keeps_part = keep == Keep::GoodBytes && leaves_good_bytes(task());
    bool is_download = task().kind == TaskKind::Download;
    if (auto forgotten = end_upload(task())) {
        step_.forgotten = std::move(*forgotten);
        step_.effects.push_back(Effect::ForgetUpload);
    }
    if (is_download && state == TaskState::Finished && reason == Reason::None)
        step_.news.push_back({EventType::FinishedDownloading, ending_details(task())});
    step_.news.push_back({end_event(state), ending_details(task())});
    if (is_download && state == TaskState::Finished) return;
    bool has_file = task().kind != TaskKind::WebSocket;
    if (has_file && !task().keeps_part) step_.effects.push_back(Effect::DiscardPart);
}

tl::unexpected<Error> Stepper::refuse(std::string_view what) {
    return fail(ErrorCode::InvalidState, "task " + std::to_string(task().id.value) + " is " +
                                             std::string{to_word(task().state)} + ": it can't " +
                                             std::string{what});
}

Result<Step> step(Task task, const Fact& fact, const Surroundings& around) {
    return Stepper{std::move(task), around}.take(fact);
}

}  // namespace haul::model
