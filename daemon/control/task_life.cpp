#include "control/task_life.hpp"

#include "base/log.hpp"
#include "control/stored_options.hpp"
#include "model/url.hpp"

namespace haul::control {

TaskLife::TaskLife(journal::Journal& journal, Turn& turn, Scheduler& scheduler, relaunch::EventPump& pump,
                   Waits& waits, const Doorways& doorways, const Settings& settings)
    : journal_(journal),
      turn_(turn),
      scheduler_(scheduler),
      pump_(pump),
      waits_(waits),
      doorways_(doorways),
      settings_(settings) {}

std::string TaskLife::final_path(const model::Task& task) const {
    return task.destination.empty() ? settings_.spool + "/" + std::to_string(task.id.value)
                                    : task.destination;
}

std::string TaskLife::part_path(const model::Task& task) const {
    auto path = final_path(task);
    return path.substr(0, path.rfind('/') + 1) + ".haul." + journal_.instance + "." +
           std::to_string(task.id.value) + ".part";
}

const LiveBytes* TaskLife::live_bytes(TaskId task) const {
    auto found = open_.find(task);
    return found != open_.end() && found->second.bytes ? &*found->second.bytes : nullptr;
}

model::Surroundings TaskLife::surroundings(const model::Task& task) const {
    auto options = load_options(task.options);
    model::Backoff backoff{.first = options.retry_delay.value_or(settings_.backoff.first),
                           .most = options.retry_delay_max.value_or(settings_.backoff.most)};
    return {.now = doorways_.clock.now(),
            .backoff = backoff,
            .jitter = doorways_.clock.jitter(),
            .retries = options.retries};
}

Result<model::Task> TaskLife::apply(model::Task task, const model::Fact& fact) {
    auto before = task;
    auto step = TRY(model::step(std::move(task), fact, surroundings(before)));
    TRY(turn_.open());
    for (const auto& news : step.news)
        TRY(pump_.record(step.task.session, step.task.id, news, doorways_.clock.now()));
    if (model::is_terminal(step.task.state) && step.task.has_secrets) {
        TRY(journal_.headers.replace(step.task.id, {}));
        step.task.has_secrets = false;
    }
    TRY(turn_.note(journal_.tasks.update(step.task)));
    scheduler_.place(step.task, doorways_.clock.now());
    turn_.on_settled([this, before = std::move(before), after = step.task](const Error* failure) {
        if (!failure) when_committed(before, after);
    });
    for (auto effect : step.effects) TRY(prepare(step.task, effect));
    return std::move(step.task);
}

Result<> TaskLife::apply(TaskId id, const model::Fact& fact) {
    auto task = TRY(journal_.tasks.find(id));
    if (task) TRY(apply(std::move(*task), fact));
    return {};
}

/// What the world sees of a committed change.
void TaskLife::when_committed(const model::Task& before, const model::Task& after) {
    if (before.state != after.state || before.blocked != after.blocked) {
        log::debug("control: {} -> {} task={} session={} attempt={}", model::to_word(before.state),
                   model::to_word(after.state), after.id.value, after.session.value, after.attempts.value);
        if (const auto* client = pump_.client_of(after.session))
            doorways_.clients.state_changed(*client, before, after);
    }
    if (after.state == model::TaskState::Failed && before.state != after.state)
        log::info("control: failed, {}: {} task={} session={}", model::to_word(after.reason),
                  after.error_text, after.id.value, after.session.value);
    if (before.has_secrets && !after.has_secrets) on_secrets_deleted();
    if (model::is_terminal(after.state)) waits_.finish(after);
}

/// Has an effect done after the commit.
Result<> TaskLife::prepare(const model::Task& task, model::Effect effect) {
    switch (effect) {
        case model::Effect::StartTransfer:
            return prepare_start(task);
        case model::Effect::ProceedTransfer:
            turn_.after_commit(
                [this, id = task.id, attempt = task.attempts] { doorways_.transfers.proceed(id, attempt); });
            return {};
        case model::Effect::StopTransfer:
            turn_.after_commit(
                [this, id = task.id, attempt = task.attempts] { doorways_.transfers.stop(id, attempt); });
            return {};
        case model::Effect::Publish:
            turn_.after_commit([this, task] { publish(task); });
            return {};
        case model::Effect::DiscardPart: {
            if (task.attempts.value == 0) return {};
            auto request = TRY(turn_.note(journal_.discards.insert(part_path(task))));
            turn_.after_commit([this, id = task.id, request = std::move(request)] {
                auto open = open_.find(id);
                if (open != open_.end())
                    open->second.discards.push_back(request);
                else
                    doorways_.files.discard(request);
            });
            return {};
        }
    }
    return {};
}

Result<> TaskLife::prepare_start(const model::Task& task) {
    auto headers = task.has_secrets ? TRY(journal_.headers.of(task.id)) : model::Headers{};
    turn_.after_commit([this, task, headers = std::move(headers)] {
        auto options = load_options(task.options);
        auto& open = open_[task.id];
        open.attempt = task.attempts;
        open.bytes.reset();
        doorways_.transfers.start(
            {.task = task.id,
             .attempt = task.attempts,
             .url = task.url,
             .headers = headers,
             .part = {.path = part_path(task), .trust = task.trust, .synced = task.synced},
             .total = task.total,
             .validator = task.validator,
             .request_timeout = options.request_timeout.value_or(settings_.request_timeout),
             .redirects = options.redirects.value_or(model::RedirectPolicy::Follow),
             .ca_file = options.ca_file.value_or(""),
             .max_size = options.max_size,
             .expected_size = options.expected_size});
    });
    return {};
}

void TaskLife::publish(const model::Task& task) {
    publishing_.insert(task.id);
    bool is_spooled = task.destination.empty();
    auto mode = is_spooled ? std::optional<std::uint32_t>{0600} : load_options(task.options).mode;
    doorways_.files.publish({.task = task.id,
                             .attempt = task.attempts,
                             .part = {.path = part_path(task), .trust = task.trust, .synced = task.synced},
                             .destination = final_path(task),
                             .if_exists = is_spooled ? model::IfExists::Replace : task.if_exists,
                             .mode = mode,
                             .inode = task.part_inode,
                             .size = task.done});
}

Result<> TaskLife::on_transfer(const ports::TransferReport& report) {
    if (report.last) on_closed(report.task, report.attempt);
    auto task = TRY(journal_.tasks.find(report.task));
    if (!task || task->attempts != report.attempt) return {};
    if (const auto* progress = std::get_if<model::fact::Progressed>(&report.fact)) {
        // Live numbers only: after a crash the part file itself tells how far it came.
        auto open = open_.find(report.task);
        if (task->state != model::TaskState::Running || open == open_.end()) return {};
        open->second.bytes = LiveBytes{progress->done, progress->total};
        if (const auto* client = pump_.client_of(task->session))
            doorways_.clients.progress(*client, report.task, progress->done, progress->total);
        return {};
    }
    TRY(apply(std::move(*task), report.fact));
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
    auto open = open_.find(task);
    if (open == open_.end() || open->second.attempt != attempt) return;
    for (auto& request : open->second.discards) doorways_.files.discard(std::move(request));
    open_.erase(open);
}

Result<> TaskLife::discard(const std::string& path) {
    TRY(turn_.open());
    auto request = TRY(turn_.note(journal_.discards.insert(path)));
    turn_.after_commit([this, request = std::move(request)] { doorways_.files.discard(request); });
    return {};
}

Result<> TaskLife::forget(const model::Task& task, SessionBook& book) {
    TRY(turn_.open());
    if (task.destination.empty() && !task.path.empty()) TRY(discard(task.path));
    TRY(turn_.note(journal_.tasks.remove(task.id)));
    turn_.after_commit([this, task] { waits_.finish(task); });
    book.count_task(task.session, -1);
    return {};
}

void TaskLife::stop_all() {
    for (const auto& [task, open] : open_) doorways_.transfers.stop(task, open.attempt);
}

}  // namespace haul::control
