#include "control/creation.hpp"

#include "control/stored_options.hpp"
#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::control {
namespace {

/// Which one of many it was.
template <class T>
Result<T> at(Result<T> result, std::size_t index, std::size_t count) {
    if (!result && count > 1)
        result.error().message = "request " + std::to_string(index + 1) + " of " + std::to_string(count) +
                                 ": " + result.error().message;
    return result;
}

model::TaskState first_state(const model::Options& options) {
    return options.start.value_or(false) ? model::TaskState::Waiting : model::TaskState::Suspended;
}

}  // namespace

Result<> Creation::load() {
    next_id_ = TRY(journal_.tasks.next_id());
    return {};
}

Result<std::vector<TaskId>> Creation::create(const Caller& caller, Session& session,
                                             const std::vector<CreateRequest>& requests) {
    if (requests.size() > model::kMaxCreateMany)
        return fail(ErrorCode::LimitExceeded, std::to_string(requests.size()) +
                                                  " requests in one call: at most " +
                                                  std::to_string(model::kMaxCreateMany) + " are allowed");
    auto has = book_.tasks_of(caller.owner);
    if (has + requests.size() > settings_.limits.tasks_per_owner)
        return fail(ErrorCode::LimitExceeded, "you have " + std::to_string(has) + " tasks and the limit is " +
                                                  std::to_string(settings_.limits.tasks_per_owner) +
                                                  ": acknowledge or remove ended ones first");
    auto defaults = load_options(session.row.options);
    defaults.headers = TRY(journal_.headers.of(session.row.id));

    std::vector<Draft> drafts;
    drafts.reserve(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i)
        drafts.push_back(TRY(at(draft(caller, session, requests[i], defaults), i, requests.size())));

    TRY(turn_.open());
    std::vector<TaskId> ids;
    ids.reserve(drafts.size());
    for (auto& draft : drafts) ids.push_back(TRY(turn_.note(write(session, draft))));
    return ids;
}

Result<Creation::Draft> Creation::draft(const Caller& caller, const Session& session,
                                        const CreateRequest& request, const model::Options& defaults) const {
    if (request.kind == "upload" || request.kind == "websocket")
        return fail(ErrorCode::NotSupported,
                    "tasks of kind \"" + request.kind + "\" are not supported by this version");
    if (request.kind != "download")
        return fail(ErrorCode::InvalidArgument,
                    "unknown kind \"" + model::shorten(request.kind, 64) + "\": use download");
    auto url = TRY(model::parse_url(request.url));
    auto options = TRY(model::read_options(request.options, model::OptionScope::Task, defaults));
    Draft draft;
    auto& task = draft.task;
    if (options.token)
        if (auto known = TRY(journal_.tasks.find_token(session.row.id, *options.token))) {
            task.id = *known;
            return draft;
        }
    TRY(check_destination(caller, options.destination.value_or(""),
                          options.if_exists.value_or(model::IfExists::Fail)));
    auto now = clock_.now();
    task.session = session.row.id;
    task.state = first_state(options);
    task.url = request.url;
    task.destination = options.destination.value_or("");
    task.if_exists = options.if_exists.value_or(model::IfExists::Fail);
    task.priority = options.priority.value_or(0.5);
    task.token = options.token.value_or("");
    task.created = now;
    task.deadline = now + options.resource_timeout.value_or(settings_.resource_timeout);
    task.next_attempt = options.not_before;
    draft.headers = options.headers.value_or(model::Headers{});
    task.has_secrets = !draft.headers.empty() || url.has_secrets();
    task.resumed_before = task.state == model::TaskState::Waiting;
    if (task.state == model::TaskState::Waiting)
        task.blocked =
            task.next_attempt && *task.next_attempt > now ? model::Block::NotBefore : model::Block::Queue;

    task.options = store_options(without_columns(std::move(options)));
    return draft;
}

Result<> Creation::check_destination(const Caller& caller, const std::string& destination,
                                     model::IfExists if_exists) const {
    if (destination.empty()) return {};
    if (caller.owner != settings_.self)
        return fail(ErrorCode::DestinationDenied,
                    "the daemon runs as another user and can't make files in your name: leave the "
                    "destination empty and "
                    "read the result with OpenResult");
    return files_.check_destination(destination, if_exists);
}

Result<TaskId> Creation::write(Session& session, Draft& draft) {
    auto& task = draft.task;
    if (task.id.value != 0) return task.id;
    if (!task.token.empty())  // once more: it may be another one's of the same call
        if (auto known = TRY(journal_.tasks.find_token(session.row.id, task.token))) return *known;
    task.id = next_id_;
    ++next_id_.value;
    TRY(journal_.tasks.insert(task));
    if (!draft.headers.empty()) TRY(journal_.headers.replace(task.id, draft.headers));
    book_.count_task(task.session, 1);
    if (task.state == model::TaskState::Waiting) scheduler_.place(task, clock_.now());
    return task.id;
}

}  // namespace haul::control
