#include "control/task_life.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "control/part_name.hpp"
#include "control/resume_data.hpp"
#include "control/stored_options.hpp"
#include "control/upload_terms.hpp"
#include "model/file_name.hpp"
#include "model/url.hpp"

namespace haul::control {
TaskLife::TaskLife(journal::Journal& journal, Turn& turn, SessionBook& book, Scheduler& scheduler,
                   relaunch::EventPump& pump, Waits& waits, SpoolLedger& ledger, SocketDesk& sockets,
                   ChainDesk& chains, const Doorways& doorways, const Settings& settings)
    : journal_(journal),
      turn_(turn),
      book_(book),
      scheduler_(scheduler),
      pump_(pump),
      waits_(waits),
      ledger_(ledger),
      sockets_(sockets),
      chains_(chains),
      doorways_(doorways),
      settings_(settings),
      space_(doorways.space) {}

std::string TaskLife::final_path(const model::Task& task) const {
    if (task.destination.empty()) return settings_.spool + "/" + result_name(task.id);
    if (!task.destination.ends_with('/')) return task.destination;
    return task.destination + (task.filename.empty() ? model::name_from_url(task.url) : task.filename);
}

std::string TaskLife::part_path(const model::Task& task) const {
    if (!task.part_path.empty()) return task.part_path;
    auto path = final_path(task);
    return path.substr(0, path.rfind('/') + 1) + part_name(journal_.instance, task.id);
}

const LiveBytes* TaskLife::live_bytes(TaskId task) const {
    const auto* open = open_.find(task);
    return open && open->bytes ? &*open->bytes : nullptr;
}

model::Surroundings TaskLife::surroundings(const model::Task& task) const {
    auto options = load_options(task.options);
    bool is_socket = task.kind == model::TaskKind::WebSocket;
    auto most = options.retry_delay_max.value_or(settings_.backoff.most);
    model::Backoff backoff{
        .first = options.retry_delay.value_or(settings_.backoff.first),
        .most = is_socket ? options.reconnect_max_delay.value_or(settings_.reconnect_max_delay) : most};
    bool is_closing = is_socket && task.socket.is_closing();
    return {.now = doorways_.clock.now(),
            .backoff = backoff,
            .jitter = doorways_.clock.jitter(),
            .retries = options.retries,
            .sources = count_sources(options),
            .may_reconnect = options.reconnect.value_or(true),
            .final_codes = options.final_close_codes.value_or(model::CloseCodes{}),
            .has_queue = is_closing && sockets_.has_queue(task.id).value_or(false),
            .may_repeat = task.kind != model::TaskKind::Upload || may_repeat(task, options)};
}

/// A journal that can't be read says no.
bool TaskLife::may_repeat(const model::Task& task, const model::Options& options) const {
    if (control::may_repeat(options, {})) return true;
    auto secrets = task.has_secrets ? journal_.secrets.of(task.id) : model::Secrets{};
    return secrets && control::may_repeat(options, secrets->headers);
}

Result<model::Task> TaskLife::apply(model::Task task, const model::Fact& fact) {
    auto before = task;
    auto step = TRY(model::step(std::move(task), fact, surroundings(before)));
    TRY(turn_.open());
    TRY(record(before, step));
    bool ends = model::is_terminal(step.task.state) && !model::is_terminal(before.state);
    if (ends) TRY(keep_reply(step.task, fact));
    if (ends) chains_.note_end(step.task.id);
    if (ends && before.predecessors > 0) TRY(turn_.note(chains_.unlink(step.task.id)));
    if (ends && before.kind == model::TaskKind::WebSocket) {
        TRY(turn_.note(journal_.outbox.remove_all(step.task.id)));
        turn_.after_commit([this, id = step.task.id] { doorways_.channels.forget(id); });
    }
    auto secrets = ends && before.has_secrets ? TRY(journal_.secrets.of(step.task.id)) : model::Secrets{};
    // The URL of an upload at its server is a secret too.
    if (!step.task.upload.url.empty()) step.task.has_secrets = true;
    if (model::is_terminal(step.task.state) && step.task.has_secrets) {
        TRY(journal_.secrets.replace(step.task.id, {}));
        step.task.has_secrets = false;
    }
    TRY(turn_.note(journal_.tasks.update(step.task)));
    scheduler_.place(step.task, doorways_.clock.now());
    book_.count_work(step.task.session,
                     (model::is_work(step.task.state) ? 1 : 0) - (model::is_work(before.state) ? 1 : 0));
    turn_.on_settled([this, before = std::move(before), after = step.task](const Error* failure) {
        if (!failure) when_committed(before, after);
    });
    for (auto effect : step.effects) TRY(prepare(step, effect, secrets));
    return std::move(step.task);
}

/// What the server said at the end of an upload.
Result<> TaskLife::keep_reply(const model::Task& task, const model::Fact& fact) {
    if (const auto* answered = std::get_if<model::fact::Answered>(&fact))
        return turn_.note(journal_.replies.put(task.id, answered->reply));
    const auto* interrupted = std::get_if<model::fact::Interrupted>(&fact);
    if (interrupted && interrupted->reply)
        return turn_.note(journal_.replies.put(task.id, *interrupted->reply));
    return {};
}

void TaskLife::watch_space(const model::Task& task) {
    if (task.state != model::TaskState::Waiting || !has(task.blocked, model::Block::DiskSpace))
        return space_.remove(task.id);
    auto part = part_path(task);
    space_.add(task.id, part.substr(0, part.rfind('/') + 1), model::find_wanted_room(task));
}

/// Puts the step's news into the session's queue; its last words come with what the bytes can be continued
/// by.
Result<> TaskLife::record(const model::Task& before, model::Step& step) {
    for (auto& news : step.news) {
        // What keeps a task from its end is told a limited number of times; what its client has to do,
        // always.
        bool is_remark = !model::is_terminal(step.task.state) && !news.needs_client;
        if (is_remark && step.task.remarks >= model::kMaxRemarks) continue;
        if (is_remark) ++step.task.remarks;
        bool is_end = news.type == model::EventType::Failed || news.type == model::EventType::Cancelled;
        if (is_end && step.task.keeps_part)
            news.details.push_back({"resume-data", resume_data(step.task, before.url)});
        TRY(pump_.record(step.task.session, step.task.id, news, doorways_.clock.now()));
        book_.touch(step.task.session);
    }
    return {};
}

Blob TaskLife::resume_data(const model::Task& task, const std::string& url) const {
    const auto* session = book_.find(task.session);
    if (!task.keeps_part || !session) return {};
    auto parsed = model::parse_url(url);
    bool is_secret = !parsed || parsed->has_secrets();
    auto sealed = seal({.instance = journal_.instance,
                        .owner = session->row.owner,
                        .task = task.id,
                        .url = is_secret ? std::string{} : url},
                       journal_.seal_key);
    return {sealed.begin(), sealed.end()};
}

Result<> TaskLife::apply(TaskId id, const model::Fact& fact) {
    auto task = TRY(journal_.tasks.find(id));
    if (task) TRY(apply(std::move(*task), fact));
    return {};
}

model::Task TaskLife::as_seen(model::Task task) const {
    auto now = doorways_.clock.now();
    task = scheduler_.with_hold(std::move(task), now);
    task.blocked = scheduler_.gatekeeper().find_blocks(task, now);
    return task;
}

/// What the world sees of a committed change.
void TaskLife::when_committed(const model::Task& before, const model::Task& after) {
    if (before.state != after.state || before.blocked != after.blocked) {
        log::debug("control: {} -> {} task={} session={} attempt={}", model::to_word(before.state),
                   model::to_word(after.state), after.id.value, after.session.value, after.attempts.value);
        if (const auto* client = pump_.client_of(after.session))
            doorways_.clients.state_changed(*client, as_seen(before), as_seen(after));
    }
    if (after.state == model::TaskState::Failed && before.state != after.state)
        log::info("control: failed, {}: {} task={} session={}", model::to_word(after.reason),
                  after.error_text, after.id.value, after.session.value);
    watch_space(after);
    if (before.has_secrets && !after.has_secrets) on_secrets_deleted();
    if (model::is_terminal(after.state)) waits_.finish(after);
}

Result<> TaskLife::on_transfer(const ports::TransferReport& report) {
    if (report.last) on_closed(report.task, report.attempt);
    auto task = TRY(journal_.tasks.find(report.task));
    if (task && !report.metrics.empty()) {
        TRY(turn_.open());
        TRY(turn_.note(journal_.metrics.insert(report.task, report.attempt, report.metrics)));
    }
    if (!task || task->attempts != report.attempt) return {};
    if (const auto* progress = std::get_if<model::fact::Progressed>(&report.fact)) {
        // Live numbers only: after a crash the part file itself tells how far it came.
        auto* open = open_.find(report.task);
        if (task->state != model::TaskState::Running || !open) return {};
        open_.on_bytes(*open, {progress->done, progress->total});
        if (const auto* client = pump_.client_of(task->session))
            doorways_.clients.progress(*client, report.task, progress->done, progress->total);
        return {};
    }
    auto before = *task;
    auto after = TRY(apply(std::move(*task), report.fact));
    scheduler_.watch_host(before, after, report,
                          {.now = doorways_.clock.now(),
                           .backoff = settings_.backoff,
                           .jitter = doorways_.clock.jitter(),
                           .retries = {}});
    if (std::holds_alternative<model::fact::Opened>(report.fact))
        turn_.after_commit([this, after = std::move(after)] { sockets_.on_opened(after); });
    return {};
}

Result<> TaskLife::on_file(const ports::FileReport& report) {
    if (!std::holds_alternative<model::fact::Synced>(report.fact)) publishing_.erase(report.task);
    auto task = TRY(journal_.tasks.find(report.task));
    if (task && task->attempts == report.attempt) TRY(apply(std::move(*task), report.fact));
    return {};
}

/// The part file of this attempt is closed.
void TaskLife::on_closed(TaskId task, Attempt attempt) {
    sockets_.end(task, attempt);
    auto closed = open_.take(task, attempt);
    if (!closed) return;
    for (auto& request : closed->discards) doorways_.files.discard(std::move(request));
    for (auto& call : closed->calls)
        turn_.on_settled([call = std::move(call)](const Error*) mutable { call(); });
}

void TaskLife::when_closed(TaskId task, Turn::Effect call) {
    if (auto* open = open_.find(task))
        open->calls.push_back(std::move(call));
    else
        call();
}

Result<> TaskLife::discard(const std::string& path) {
    TRY(turn_.open());
    auto request = TRY(turn_.note(journal_.discards.insert(path)));
    turn_.after_commit([this, request = std::move(request)] { doorways_.files.discard(request); });
    return {};
}

Result<> TaskLife::forget(const model::Task& task) {
    TRY(turn_.open());
    if (task.destination.empty() && !task.path.empty()) TRY(discard(task.path));
    if (task.keeps_part) TRY(prepare_discard(task));
    TRY(turn_.note(journal_.metrics.remove(task.id)));
    if (task.kind == model::TaskKind::Upload) TRY(turn_.note(journal_.replies.remove(task.id)));
    TRY(turn_.note(journal_.tasks.remove(task.id)));
    turn_.after_commit([this, task] { waits_.finish(task); });
    book_.count_task(task.session, -1);
    return {};
}

void TaskLife::stop_all() {
    for (const auto& [task, open] : open_) stop(open.kind, task, open.attempt);
}

}  // namespace haul::control
