// The part of TaskLife that has the effects of a step done, in the world.

#include <bit>

#include "control/stored_options.hpp"
#include "control/task_life.hpp"
#include "control/upload_terms.hpp"
#include "model/url.hpp"

namespace haul::control {

/// Has an effect done after the commit.
Result<> TaskLife::prepare(const model::Step& step, model::Effect effect, const model::Secrets& secrets) {
    const auto& task = step.task;
    switch (effect) {
        case model::Effect::StartTransfer:
            return prepare_start(task);
        case model::Effect::ProceedTransfer:
            turn_.after_commit(
                [this, id = task.id, attempt = task.attempts] { doorways_.transfers.proceed(id, attempt); });
            return {};
        case model::Effect::StopTransfer:
            turn_.after_commit(
                [this, kind = task.kind, id = task.id, attempt = task.attempts] { stop(kind, id, attempt); });
            return {};
        case model::Effect::Publish:
            turn_.after_commit([this, task] { publish(task, Check::Done); });
            return {};
        case model::Effect::CheckAndPublish:
            turn_.after_commit([this, task] { publish(task, Check::Needed); });
            return {};
        case model::Effect::DiscardPart:
            return prepare_discard(task);
        case model::Effect::AnswerGoodbye:
            turn_.after_commit([this, id = task.id, attempt = task.attempts] {
                doorways_.channels.answer_goodbye(id, attempt);
            });
            return {};
        case model::Effect::CloseSocket:
            turn_.after_commit([this, task] {
                sockets_.say_goodbye(task.id, {task.socket.closing_code, task.socket.closing_reason});
            });
            return {};
        case model::Effect::ForgetUpload:
            prepare_forget(step, secrets);
            return {};
    }
    return {};
}

Result<> TaskLife::prepare_discard(const model::Task& task) {
    bool is_upload = task.kind == model::TaskKind::Upload;
    if (is_upload ? !task.source_file.is_spooled : task.attempts.value == 0 && task.part_path.empty())
        return {};
    if (is_upload) ledger_.give_back(owner_of(task), task.source_file.identity.size);
    auto path = is_upload ? task.source_file.path : part_path(task);
    auto request = TRY(turn_.note(journal_.discards.insert(path)));
    turn_.after_commit([this, id = task.id, request = std::move(request)] {
        if (auto* open = open_.find(id))
            open->discards.push_back(request);
        else
            doorways_.files.discard(request);
    });
    return {};
}

OwnerId TaskLife::owner_of(const model::Task& task) const {
    const auto* session = book_.find(task.session);
    return session ? session->row.owner : OwnerId{};
}

/// Once, and without looking back: a server that does not hear it forgets the upload some day.
void TaskLife::prepare_forget(const model::Step& step, const model::Secrets& secrets) {
    auto request = transfer_request(step.task, secrets);
    request.upload->state = step.forgotten;
    turn_.after_commit(
        [this, request = std::move(request)]() mutable { doorways_.transfers.forget(std::move(request)); });
}

Result<> TaskLife::prepare_start(const model::Task& task) {
    auto secrets = task.has_secrets ? TRY(journal_.secrets.of(task.id)) : model::Secrets{};
    turn_.after_commit(
        [this, task, secrets = std::move(secrets)]() mutable { start(task, std::move(secrets)); });
    return {};
}

void TaskLife::start(const model::Task& task, model::Secrets secrets) {
    auto request = transfer_request(task, std::move(secrets));
    open_.add(task, request.options.keep_awake.value_or(false));
    if (task.kind != model::TaskKind::WebSocket) return doorways_.transfers.start(std::move(request));
    auto terms = model::socket_terms(request.options);
    doorways_.channels.connect({std::move(request), terms});
    sockets_.begin(task, terms);
}

void TaskLife::stop(model::TaskKind kind, TaskId task, Attempt attempt) {
    if (kind == model::TaskKind::WebSocket)
        doorways_.channels.stop(task, attempt);
    else
        doorways_.transfers.stop(task, attempt);
}

model::TransferRequest TaskLife::transfer_request(const model::Task& task, model::Secrets secrets) const {
    auto options = with_secrets(load_options(task.options), secrets);
    if (!options.proxy && !settings_.proxy.empty()) options.proxy = settings_.proxy;
    if (!options.no_proxy && !settings_.no_proxy.empty()) options.no_proxy = settings_.no_proxy;
    if (task.has_lane_trouble) options.connections = 1;
    auto url = source_url(task, options);
    keep_from_strangers(task.url, url, options, secrets);
    auto alive = count_sources(options) - static_cast<std::uint32_t>(std::popcount(task.dead_sources));
    model::TransferRequest request{
        .task = task.id,
        .attempt = task.attempts,
        .owner = owner_of(task),
        .session = task.session,
        .url = model::to_http(url),
        .secrets = {},
        .options = options,
        .part = {},
        .total = task.total,
        .validator = task.validator,
        .digest = task.digest,
        .request_timeout = options.request_timeout.value_or(settings_.request_timeout),
        .wants_name = task.destination.ends_with('/'),
        .wants_same_entity = task.sources_tried + 1 < alive,
        .is_background = options.discretionary.value_or(false)};
    if (task.kind == model::TaskKind::Upload)
        request.upload = {task.source_file, upload_plan(task, options, secrets.headers), task.upload};
    else
        request.part = part_place(task);
    request.secrets = std::move(secrets);
    return request;
}

model::PartPlace TaskLife::part_place(const model::Task& task) const {
    return {.path = part_path(task), .trust = task.trust, .done = task.done, .synced = task.synced};
}

void TaskLife::publish(const model::Task& task, Check check) {
    publishing_.insert(task.id);
    bool is_spooled = task.destination.empty();
    auto options = load_options(task.options);
    model::PublishRequest request{.task = task.id,
                                  .attempt = task.attempts,
                                  .part = part_place(task),
                                  .destination = final_path(task),
                                  .if_exists = is_spooled ? model::IfExists::Replace : task.if_exists,
                                  .mode = is_spooled ? std::optional<std::uint32_t>{0600} : options.mode,
                                  .inode = task.part_inode,
                                  .size = task.done.bytes(),
                                  .digests = {},
                                  .modified = {}};
    if (options.remote_time.value_or(false)) request.modified = task.modified;
    if (check == Check::Needed) {
        if (options.checksum) request.digests.push_back(*options.checksum);
        if (auto promised = parse_digest(task.digest)) request.digests.push_back(std::move(*promised));
    }
    doorways_.files.publish(std::move(request));
}

}  // namespace haul::control
