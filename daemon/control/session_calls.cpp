// The part of Control that clients call about sessions, and to make and list tasks: is it theirs, then the
// journal.

#include <algorithm>

#include "control/control.hpp"
#include "control/sleeper.hpp"
#include "control/stored_options.hpp"
#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::control {
namespace {

/// Ends that nobody asks for are looked for when tasks are made, but not more often than this.
constexpr Duration kSweepInterval = std::chrono::hours{1};

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

Result<> check_open(const Session& session) {
    if (session.is_open()) return {};
    return fail(ErrorCode::InvalidState,
                "session \"" + model::shorten(session.row.identifier, 64) +
                    "\" is being invalidated: it takes no task any more, and its identifier is free when its "
                    "tasks have ended and their events are acknowledged");
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
    if (session) TRY(check_open(*session));
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
        TRY(turn_.note(book_.set_options(*session, stored)));
    }
    turn_.after_commit([this] { tell_rates(); });
    if (!TRY(journal_.secrets.of(session->row.id)).is_empty())
        turn_.after_commit([this] { life_.on_secrets_deleted(); });
    TRY(turn_.note(journal_.secrets.replace(session->row.id, secrets)));
    return session->row.id;
}

/// The way to launch a session's client that the options bring; empty where that is the one it has.
Result<model::LaunchTarget> Control::new_target(const Caller& caller, const std::string& identifier,
                                                const Fields& fields) {
    auto options = TRY(model::read_options(fields, model::OptionScope::Session));
    model::LaunchTarget target{.bus_name = options.bus_name.value_or(""), .unit = options.unit.value_or("")};
    auto* session = book_.find(caller.owner, identifier);
    if (session && session->target == target) return model::LaunchTarget{};
    return target;
}

void Control::open_session(const Caller& caller, const std::string& identifier, const Fields& fields,
                           OpenReply reply) {
    auto open = [this, caller, identifier, fields, reply = std::move(reply)](Result<> checked) mutable {
        auto opened = checked ? open_session(caller, identifier, fields)
                              : Result<SessionId>{tl::make_unexpected(std::move(checked).error())};
        turn_.on_settled(
            [opened = std::move(opened), reply = std::move(reply)](const Error* failure) mutable {
                if (failure) opened = tl::make_unexpected(*failure);
                reply(std::move(opened));
            });
    };
    auto target = new_target(caller, identifier, fields);
    if (!target) return open(tl::make_unexpected(std::move(target).error()));
    if (target->is_empty()) return open({});
    // The bus lets us wait for a limited number of replies, which are for everybody.
    if (checks_[caller.owner] >= model::kMaxChecks)
        return open(fail(ErrorCode::LimitExceeded,
                         "options \"bus-name\" and \"unit\" of " + std::to_string(model::kMaxChecks) +
                             " sessions are being checked: call again when one of these calls is answered"));
    ++checks_[caller.owner];
    doorways_.launcher.check(*target, caller.owner,
                             [this, owner = caller.owner, open = std::move(open)](Result<> checked) mutable {
                                 if (--checks_[owner] == 0) checks_.erase(owner);
                                 open(std::move(checked));
                             });
}

Result<Fields> Control::session_details(const Caller& caller, SessionId id) {
    auto* session = TRY(session_of(caller, id));
    auto events = TRY(journal_.events.range(id));
    auto acknowledged = TRY(journal_.sessions.acknowledged(id));
    auto wake_row = TRY(wakes_.row_of(sleeper(*session)));
    return control::session_details({.session = *session,
                                     .events = events,
                                     .acknowledged = acknowledged,
                                     .is_attached = pump_.client_of(id) != nullptr,
                                     .wake = wakes_.latest(id),
                                     .wake_row = wake_row});
}

Result<std::vector<model::Event>> Control::events(const Caller& caller, SessionId session, EventNumber after,
                                                  std::uint32_t max) {
    TRY(session_of(caller, session));
    return pump_.read(session, after, page_size(max));
}

Result<> Control::acknowledge(const Caller& caller, SessionId session, EventNumber number) {
    TRY(session_of(caller, session));
    TRY(acknowledge_up_to(session, number));
    return turn_.note(forget_old());
}

Result<> Control::acknowledge_up_to(SessionId session, EventNumber number) {
    TRY(turn_.open());
    TRY(turn_.note(sockets_.on_acknowledge(session, number)));
    auto ended = TRY(turn_.note(pump_.acknowledge(session, number)));
    book_.touch(session);
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
    return {};
}

Result<std::vector<TaskId>> Control::create(const Caller& caller, SessionId id,
                                            const std::vector<CreateRequest>& requests) {
    auto* session = TRY(session_of(caller, id));
    TRY(check_open(*session));
    auto now = doorways_.clock.now();
    if (!swept_ || now - *swept_ > kSweepInterval) TRY(turn_.note(forget_unasked()));
    auto before = session->tasks;
    auto made = TRY(creation_.create(caller, *session, requests));
    if (session->tasks > before) TRY(turn_.note(wakes_.on_new_work(sleeper(*session))));
    return made;
}

void Control::create(const Caller& caller, SessionId id, std::vector<Order> orders, CreateReply reply) {
    bool has_uploads = std::any_of(orders.begin(), orders.end(),
                                   [](const auto& order) { return order.request.kind == "upload"; });
    std::vector<CreateRequest> requests;
    requests.reserve(orders.size());
    for (auto& order : orders) requests.push_back(has_uploads ? order.request : std::move(order.request));
    if (!has_uploads) return on_prepared(caller, id, std::move(requests), std::move(reply));
    auto session = session_of(caller, id);
    auto checked = session ? check_open(**session) : Result<>{tl::make_unexpected(session.error())};
    if (checked) checked = creation_.check(caller, **session, requests);
    if (!checked) return reply(tl::make_unexpected(std::move(checked).error()));
    for (std::size_t i = 0; i < orders.size(); ++i) orders[i].request.is_known = requests[i].is_known;
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
        if (made) take_sources(*made, requests);
        sources_.discard(owner, requests);
        reply(std::move(made));
    });
}

/// Leaves the sources that no task reads: those of tokens that named another one's task.
void Control::take_sources(const std::vector<TaskId>& tasks, std::vector<CreateRequest>& requests) const {
    for (std::size_t i = 0; i < requests.size(); ++i) {
        auto& source = requests[i].source;
        if (!source || !source->is_spooled) continue;
        auto task = journal_.tasks.find(tasks[i]);
        bool is_anothers = task && *task && (*task)->source_file.path != source->path;
        if (!is_anothers) source.reset();
    }
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

Result<std::vector<WaitingLine>> Control::list_waiting(const Caller& caller, SessionId session, TaskId after,
                                                       std::uint32_t max) {
    TRY(session_of(caller, session));
    auto tasks = TRY(journal_.tasks.waiting(session, after, page_size(max)));
    auto now = doorways_.clock.now();
    std::vector<WaitingLine> lines;
    lines.reserve(tasks.size());
    for (const auto& task : tasks) lines.push_back({task.id, scheduler_.find_wait(task, now)});
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

}  // namespace haul::control
