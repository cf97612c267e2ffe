// The part of Control that clients call about one task: is it theirs, does the state allow it, then the
// journal and the facts.

#include <algorithm>

#include "control/control.hpp"
#include "control/stored_options.hpp"
#include "control/upload_terms.hpp"
#include "model/socket.hpp"
#include "model/url.hpp"

namespace haul::control {

Result<> Control::command(const Caller& caller, TaskId id, const model::Fact& fact) {
    auto task = TRY(task_of(caller, id));
    TRY(turn_.note(life_.apply(std::move(task), fact)));
    return {};
}

Result<> Control::remove(const Caller& caller, TaskId id) {
    auto task = TRY(task_of(caller, id));
    if (!model::is_terminal(task.state))
        return fail(ErrorCode::InvalidState, "task " + std::to_string(id.value) + " is " +
                                                 std::string{model::to_word(task.state)} +
                                                 ": cancel it first");
    if (TRY(journal_.chains.first_successor(id)))
        return fail(ErrorCode::InvalidState, "tasks that wait for task " + std::to_string(id.value) +
                                                 " have not heard of its end yet: try again in a moment");
    return turn_.note(life_.forget(task));
}

/// The reply comes when the journal has every byte of the last attempt.
Result<> Control::cancel_keeping(const Caller& caller, TaskId id, UniqueFunction<void(Result<Blob>)> reply) {
    auto task = TRY(task_of(caller, id));
    auto url = task.url;
    auto cancelled = TRY(turn_.note(life_.apply(std::move(task), model::fact::CancelKeeping{})));
    auto data = life_.resume_data(cancelled, url);
    turn_.on_settled(
        [this, id, data = std::move(data), reply = std::move(reply)](const Error* failure) mutable {
            if (failure) return reply(tl::make_unexpected(*failure));
            life_.when_closed(
                id, [data = std::move(data), reply = std::move(reply)]() mutable { reply(std::move(data)); });
        });
    return {};
}

Result<> Control::replace_url(const Caller& caller, TaskId id, const std::string& url) {
    auto task = TRY(task_of(caller, id));
    auto parsed = TRY(Creation::parse_url(task.kind, url));
    bool had_secrets = task.has_secrets;
    TRY(turn_.note(life_.apply(std::move(task), model::fact::ReplaceUrl{url, parsed.has_secrets()})));
    if (had_secrets) turn_.after_commit([this] { life_.on_secrets_deleted(); });
    return {};
}

Result<> Control::provide_credential(const Caller& caller, TaskId id, const std::string& scheme,
                                     const std::string& user, const std::string& secret) {
    auto task = TRY(task_of(caller, id));
    auto target = TRY(model::parse_credential_target(scheme));
    model::Credential credential{.scheme = target.scheme, .user = user, .secret = secret};
    bool is_token = scheme.empty() && user.empty();  // no other scheme does without a user
    if (is_token) credential.scheme = model::AuthScheme::Bearer;
    TRY(model::check_credential(credential));
    bool is_blocked = model::has(task.blocked, model::Block::Credentials);
    if (task.state != model::TaskState::Suspended && !is_blocked)
        return fail(ErrorCode::InvalidState, "task " + std::to_string(id.value) +
                                                 " does not wait for credentials: give them before it is "
                                                 "resumed, or when it is blocked by \"credentials\"");
    bool is_for_proxy = target.is_for_proxy ||
                        (scheme.empty() && is_blocked && task.status == model::kProxyAuthenticationRequired);
    auto secrets = TRY(journal_.secrets.of(id));
    (is_for_proxy ? secrets.proxy_login : secrets.server) = std::move(credential);
    return change_secrets(std::move(task), secrets);
}

/// New secrets; a task that waited for them goes on.
Result<> Control::change_secrets(model::Task task, const model::Secrets& secrets) {
    TRY(turn_.open());
    task.has_secrets = task.has_secrets || !secrets.is_empty();
    TRY(turn_.note(journal_.secrets.replace(task.id, secrets)));
    TRY(turn_.note(life_.apply(std::move(task), model::fact::CredentialsGiven{})));
    return {};
}

Result<model::Task> Control::unstarted_task_of(const Caller& caller, TaskId id) {
    auto task = TRY(task_of(caller, id));
    if (task.resumed_before || task.state != model::TaskState::Suspended)
        return fail(ErrorCode::InvalidState,
                    "task " + std::to_string(id.value) +
                        " was resumed already: headers and options are set before that");
    return task;
}

Result<> Control::set_header(const Caller& caller, TaskId id, const std::string& name,
                             const std::string& value) {
    auto waiting = TRY(task_of(caller, id));
    bool is_blocked = model::has(waiting.blocked, model::Block::Credentials) ||
                      model::has(waiting.blocked, model::Block::Client);
    auto task = is_blocked ? std::move(waiting) : TRY(unstarted_task_of(caller, id));
    TRY(model::check_header(name, value));
    auto secrets = TRY(journal_.secrets.of(id));
    if (model::is_condition(name) && task.kind == model::TaskKind::Download)
        return fail(ErrorCode::InvalidArgument, "header \"" + name + "\" is one that a download sets itself");
    std::erase_if(secrets.headers, [&](const auto& header) { return model::same_name(header.name, name); });
    if (!value.empty()) secrets.headers.push_back({name, value});
    TRY(model::check_headers(secrets.headers));
    return change_secrets(std::move(task), secrets);
}

/// The source of an upload stays what it was when the task was made.
Result<> Control::check_changed_upload(model::Task& task, const std::string& key,
                                       const model::Options& options) const {
    if (key == "file" || key == "file-fd" || key == "form" || key == "snapshot")
        return fail(ErrorCode::InvalidArgument,
                    "option \"" + key + "\" is given when the upload is created: what is sent can't change");
    TRY(check_upload(options));
    TRY(check_parts(options, task.source_file));
    fill_upload(options, std::nullopt, task);
    return {};
}

Result<> Control::set_option(const Caller& caller, TaskId id, const std::string& key,
                             const std::string& value) {
    auto task = TRY(unstarted_task_of(caller, id));
    auto secrets = TRY(journal_.secrets.of(id));
    auto options = with_secrets(load_options(task.options), secrets);
    TRY(model::set_option_from_text(options, model::OptionScope::Task, key, value));
    if (options.token || options.start || options.resume_data)
        return fail(ErrorCode::InvalidArgument,
                    "option \"" + key + "\" is given when the task is created, or by Resume");
    TRY(model::check_kind(options, task.kind));
    if (task.kind == model::TaskKind::WebSocket) TRY(model::check_socket_options(options));
    if (task.kind == model::TaskKind::Upload) TRY(check_changed_upload(task, key, options));
    TRY(creation_.check_files(caller, options));
    if (key == "destination" || key == "if-exists" || key == "filename") {
        auto destination = TRY(creation_.check_destination(
            caller, {options.destination.value_or(task.destination), options.filename, options.if_exists}));
        task.destination = destination.path;
        task.if_exists = destination.if_exists;
        if (options.filename) task.filename = *options.filename;
    }
    if (const auto* session = book_.find(task.session))
        model::narrow(options, load_options(session->row.options, model::OptionScope::Session));
    if (key == "after") {
        TRY(chains_.check(caller.owner, *options.after));
        TRY(chains_.check_no_circle(id, *options.after));
        task.predecessors = TRY(chains_.link(id, *options.after));
    }
    if (options.window) task.window = *options.window;
    task.gate = model::find_gate(options, TRY(Creation::parse_url(task.kind, task.url)));
    if (options.priority) task.priority = *options.priority;
    if (options.not_before) task.next_attempt = options.not_before;
    if (options.ask_before_start)
        task.question = *options.ask_before_start ? model::Question::Pending : model::Question::None;
    if (options.resource_timeout) task.deadline = task.created + *options.resource_timeout;
    take_secrets(options, secrets);
    task.options = store_options(without_columns(std::move(options)));
    return change_secrets(std::move(task), secrets);
}

Result<> Control::set_priority(const Caller& caller, TaskId id, double priority) {
    auto task = TRY(task_of(caller, id));
    model::Options checked;
    TRY(model::set_option(checked, model::OptionScope::Task, "priority", priority));
    if (model::is_terminal(task.state))
        return fail(ErrorCode::InvalidState,
                    "task " + std::to_string(id.value) + " has ended: its priority means nothing");
    task.priority = priority;
    TRY(turn_.open());
    TRY(turn_.note(journal_.tasks.update(task)));
    if (task.state == model::TaskState::Waiting) scheduler_.place(task, doorways_.clock.now());
    return {};
}

Result<> Control::wait(const Caller& caller, TaskId id, Duration timeout, Waits::Reply reply) {
    auto task = TRY(task_of(caller, id));
    bool is_endless = timeout == Duration::zero() || timeout > std::chrono::days{3650};
    auto until = is_endless ? std::nullopt : std::optional{doorways_.clock.now() + timeout};
    if (!model::is_terminal(task.state)) return waits_.add(id, caller.owner, caller.client, until, reply);
    turn_.on_settled(
        [this, caller, until, task = std::move(task), reply = std::move(reply)](const Error*) mutable {
            // Its end may have been undone with the turn.
            auto settled = journal_.tasks.find(task.id);
            bool goes_on = settled && *settled && !model::is_terminal((*settled)->state);
            if (!goes_on || !waits_.add(task.id, caller.owner, caller.client, until, reply))
                reply(goes_on ? **settled : task);
        });
    return {};
}

Result<Fields> Control::task_details(const Caller& caller, TaskId id) {
    auto now = doorways_.clock.now();
    auto task = scheduler_.with_hold(TRY(task_of(caller, id)), now);
    auto details = control::task_details(task, life_, gatekeeper_, now);
    if (task.kind != model::TaskKind::Upload) return details;
    if (auto reply = TRY(journal_.replies.of(id)))
        for (auto& field : reply_details(*reply)) details.push_back(std::move(field));
    return details;
}

Result<std::vector<Fields>> Control::task_metrics(const Caller& caller, TaskId id) {
    TRY(task_of(caller, id));
    std::vector<Fields> requests;
    for (const auto& metrics : TRY(journal_.metrics.of(id))) requests.push_back(request_metrics(metrics));
    return requests;
}

Result<UniqueFd> Control::open_result(const Caller& caller, TaskId id) {
    auto task = TRY(task_of(caller, id));
    auto name = "task " + std::to_string(id.value);
    if (task.kind == model::TaskKind::Upload) return open_reply(task);
    bool grows =
        model::is_work(task.state) && task.attempts.value > 0 && task.state != model::TaskState::Publishing;
    if (grows && task.trust == model::PartTrust::Covered)
        return fail(
            ErrorCode::InvalidState,
            name + " is written by several connections: its result can be opened when it has finished");
    const auto* live = life_.live_bytes(id);
    if (grows && task.done.is_empty() && (!live || live->done == 0))
        return fail(ErrorCode::InvalidState,
                    name + " has no byte yet: its result can be opened when there is one");
    if (grows) return doorways_.files.open_result(life_.part_path(task));
    if (task.state != model::TaskState::Finished)
        return fail(ErrorCode::InvalidState, name + " is " + std::string{model::to_word(task.state)} +
                                                 ": its result can be opened when bytes of it are there");
    if (task.reason == model::Reason::NotModified)
        return fail(ErrorCode::InvalidState, name + " has no result: what its client has is still right");
    if (!task.destination.empty())
        return fail(ErrorCode::InvalidState, name + " has a destination of its own: open " + task.path);
    if (task.path.empty())
        return fail(ErrorCode::InvalidState, name + "'s end was acknowledged, and its result is gone since");
    return doorways_.files.open_result(task.path);
}

/// The body of the answer to an upload.
Result<UniqueFd> Control::open_reply(const model::Task& task) {
    auto reply = TRY(journal_.replies.of(task.id));
    if (!reply)
        return fail(ErrorCode::InvalidState,
                    "upload " + std::to_string(task.id.value) +
                        " has no answer that is kept: it can be opened when the upload "
                        "has ended with one, and until that is acknowledged");
    return doorways_.files.open_text(reply->body);
}

Result<TaskView> Control::view(TaskId id) {
    settle();
    auto task = TRY(journal_.tasks.find(id));
    if (!task) return fail(ErrorCode::NoSuchTask, "there is no task " + std::to_string(id.value));
    TaskView view;
    view.task = life_.as_seen(std::move(*task));
    const auto* live = life_.live_bytes(id);
    view.done = live ? live->done : view.task.done.bytes();
    view.total = live && live->total ? live->total : view.task.total;
    return view;
}

std::uint32_t Control::active_tasks(const Caller& caller) {
    settle();
    std::uint32_t count = 0;
    auto interrupted = journal_.tasks.interrupted();
    if (!interrupted) return 0;
    for (auto task : *interrupted)
        if (owns_task(caller, task)) ++count;
    return count;
}

}  // namespace haul::control
