// The part of Control that clients call: is it theirs, does the state allow it, then the journal and the
// facts.

#include <algorithm>

#include "control/control.hpp"
#include "control/stored_options.hpp"
#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::control {
namespace {

Result<> check_identifier(const std::string& identifier) {
    if (identifier.empty() || identifier.size() > model::kMaxIdentifier)
        return fail(ErrorCode::InvalidArgument, "a session's identifier has 1 to " +
                                                    std::to_string(model::kMaxIdentifier) + " bytes, not " +
                                                    std::to_string(identifier.size()));
    if (model::has_control_character(identifier))
        return fail(ErrorCode::InvalidArgument,
                    "a session's identifier has no control characters: leave them out");
    return {};
}

Result<std::optional<model::TaskState>> parse_state(const std::string& word) {
    if (word.empty()) return std::nullopt;
    auto state = model::to_task_state(word);
    if (!state)
        return fail(ErrorCode::InvalidArgument,
                    "\"" + model::shorten(word, 64) +
                        "\" is no state: use suspended, waiting, running, publishing, "
                        "finished, failed, cancelled or an empty string");
    return state;
}

std::uint32_t page_size(std::uint32_t asked) {
    return asked == 0 ? model::kMaxPage : std::min(asked, model::kMaxPage);
}

}  // namespace

Result<Session*> Control::session_of(const Caller& caller, SessionId id) {
    auto* session = book_.find(id);
    if (!session || session->row.owner != caller.owner)
        return fail(ErrorCode::NoSuchSession, "there is no session " + std::to_string(id.value));
    return session;
}

Result<model::Task> Control::task_of(const Caller& caller, TaskId id) {
    auto task = TRY(journal_.tasks.find(id));
    if (!task || !session_of(caller, task->session))
        return fail(ErrorCode::NoSuchTask, "there is no task " + std::to_string(id.value));
    return std::move(*task);
}

bool Control::owns_session(const Caller& caller, SessionId session) {
    return session_of(caller, session).has_value();
}

bool Control::owns_task(const Caller& caller, TaskId task) {
    auto session = journal_.tasks.session_of(task);
    return session && *session && owns_session(caller, **session);
}

Result<SessionId> Control::open_session(const Caller& caller, const std::string& identifier,
                                        const Fields& fields) {
    TRY(check_identifier(identifier));
    auto options = TRY(model::read_options(fields, model::OptionScope::Session));
    TRY(creation_.check_files(caller, options));
    auto* session = book_.find(caller.owner, identifier);
    if (session && fields.empty()) return session->row.id;
    model::Secrets secrets;
    take_secrets(options, secrets);
    auto stored = store_options(options);
    TRY(turn_.open());
    if (!session) {
        if (book_.of(caller.owner).size() >= settings_.limits.sessions_per_owner)
            return fail(ErrorCode::LimitExceeded, "you have " +
                                                      std::to_string(settings_.limits.sessions_per_owner) +
                                                      " sessions, which is the limit: use one of them");
        session = TRY(turn_.note(book_.insert({.id = {},
                                               .owner = caller.owner,
                                               .identifier = identifier,
                                               .created = doorways_.clock.now(),
                                               .options = stored})));
    } else {
        TRY(turn_.note(journal_.sessions.update_options(session->row.id, stored)));
        session->row.options = stored;
    }
    if (!TRY(journal_.secrets.of(session->row.id)).is_empty())
        turn_.after_commit([this] { life_.on_secrets_deleted(); });
    TRY(turn_.note(journal_.secrets.replace(session->row.id, secrets)));
    return session->row.id;
}

Result<Fields> Control::session_details(const Caller& caller, SessionId id) {
    auto* session = TRY(session_of(caller, id));
    auto events = TRY(journal_.events.range(id));
    auto acknowledged = TRY(journal_.sessions.acknowledged(id));
    return control::session_details(*session, events, acknowledged, pump_.client_of(id) != nullptr);
}

Result<> Control::attach(const Caller& caller, SessionId session) {
    TRY(session_of(caller, session));
    return pump_.attach(session, caller.client);
}

Result<> Control::detach(const Caller& caller, SessionId session) {
    TRY(session_of(caller, session));
    pump_.detach(session, caller.client);
    return {};
}

Result<std::vector<model::Event>> Control::events(const Caller& caller, SessionId session, EventNumber after,
                                                  std::uint32_t max) {
    TRY(session_of(caller, session));
    return pump_.read(session, after, page_size(max));
}

Result<> Control::acknowledge(const Caller& caller, SessionId session, EventNumber number) {
    TRY(session_of(caller, session));
    TRY(turn_.open());
    auto ended = TRY(turn_.note(pump_.acknowledge(session, number)));
    auto now = doorways_.clock.now();
    for (auto id : ended) {
        auto task = TRY(turn_.note(journal_.tasks.find(id)));
        if (!task) continue;
        auto keep = task->keeps_part ? settings_.keep_bytes : settings_.keep_ended;
        TRY(turn_.note(journal_.tasks.set_forget_after(id, now + keep)));
        if (task->kind == model::TaskKind::Upload) TRY(turn_.note(journal_.replies.remove(id)));
        if (!task->destination.empty() || task->path.empty()) continue;
        TRY(turn_.note(life_.discard(task->path)));
        task->path.clear();
        TRY(turn_.note(journal_.tasks.update(*task)));
    }
    return turn_.note(forget_old());
}

Result<std::vector<TaskId>> Control::create(const Caller& caller, SessionId id,
                                            const std::vector<CreateRequest>& requests) {
    auto* session = TRY(session_of(caller, id));
    return creation_.create(caller, *session, requests);
}

void Control::create(const Caller& caller, SessionId id, std::vector<Order> orders, CreateReply reply) {
    bool has_uploads = std::any_of(orders.begin(), orders.end(),
                                   [](const auto& order) { return order.request.kind == "upload"; });
    std::vector<CreateRequest> requests;
    requests.reserve(orders.size());
    for (auto& order : orders) requests.push_back(has_uploads ? order.request : std::move(order.request));
    if (!has_uploads) return on_prepared(caller, id, std::move(requests), std::move(reply));
    auto session = session_of(caller, id);
    auto checked = session ? creation_.check(caller, **session, requests)
                           : Result<>{tl::make_unexpected(session.error())};
    if (!checked) return reply(tl::make_unexpected(std::move(checked).error()));
    sources_.prepare(caller, std::move(orders),
                     [this, caller, id, reply = std::move(reply)](auto prepared) mutable {
                         if (!prepared) return reply(tl::make_unexpected(std::move(prepared).error()));
                         on_prepared(caller, id, std::move(*prepared), std::move(reply));
                     });
}

/// The sources of uploads are there: now or never.
void Control::on_prepared(const Caller& caller, SessionId id, std::vector<CreateRequest> requests,
                          CreateReply reply) {
    auto made = create(caller, id, requests);
    turn_.on_settled([this, owner = caller.owner, made = std::move(made), requests = std::move(requests),
                      reply = std::move(reply)](const Error* failure) mutable {
        if (failure) made = tl::make_unexpected(*failure);
        if (!made) sources_.discard(owner, requests);
        reply(std::move(made));
    });
}

Result<std::vector<journal::TaskLine>> Control::list_tasks(const Caller& caller, SessionId session,
                                                           const std::string& state, TaskId after,
                                                           std::uint32_t max) {
    TRY(session_of(caller, session));
    auto wanted = TRY(parse_state(state));
    auto lines = TRY(journal_.tasks.list(session, wanted, after, page_size(max)));
    for (auto& line : lines)
        if (const auto* live = life_.live_bytes(line.id)) {
            line.done = live->done;
            if (live->total) line.total = live->total;
        }
    return lines;
}

Result<std::vector<journal::TaskLine>> Control::list_all_tasks(const Caller& caller,
                                                               const std::string& state) {
    TRY(parse_state(state));
    std::vector<journal::TaskLine> all;
    for (const auto* session : book_.of(caller.owner)) {
        TaskId last{};
        while (true) {
            auto page = TRY(list_tasks(caller, session->row.id, state, last, model::kMaxPage));
            all.insert(all.end(), page.begin(), page.end());
            if (all.size() > model::kMaxListAll)
                return fail(ErrorCode::LimitExceeded,
                            "more than " + std::to_string(model::kMaxListAll) +
                                " tasks: page through each session with its ListTasks");
            if (page.size() < model::kMaxPage) break;
            last = page.back().id;
        }
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return all;
}

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
    auto parsed = TRY(model::parse_url(url));
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
    bool is_blocked = model::has(waiting.blocked, model::Block::Credentials);
    auto task = is_blocked ? std::move(waiting) : TRY(unstarted_task_of(caller, id));
    TRY(model::check_header(name, value));
    auto secrets = TRY(journal_.secrets.of(id));
    std::erase_if(secrets.headers, [&](const auto& header) { return model::same_name(header.name, name); });
    if (!value.empty()) secrets.headers.push_back({name, value});
    TRY(model::check_headers(secrets.headers));
    return change_secrets(std::move(task), secrets);
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
    TRY(creation_.check_files(caller, options));
    if (key == "destination" || key == "if-exists" || key == "filename") {
        auto destination = TRY(creation_.check_destination(
            caller, {options.destination.value_or(task.destination), options.filename, options.if_exists}));
        task.destination = destination.path;
        task.if_exists = destination.if_exists;
        if (options.filename) task.filename = *options.filename;
    }
    if (options.priority) task.priority = *options.priority;
    if (options.not_before) task.next_attempt = options.not_before;
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
    auto task = TRY(task_of(caller, id));
    auto details = control::task_details(task, life_);
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
    view.task = std::move(*task);
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
