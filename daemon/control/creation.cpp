#include "control/creation.hpp"

#include <set>

#include "control/resume_data.hpp"
#include "control/stored_options.hpp"
#include "control/upload_terms.hpp"
#include "model/socket.hpp"
#include "model/text.hpp"
#include "model/url.hpp"

namespace haul::control {
namespace {

/// Whether a new upload has something to send. What the token named may be gone since it was looked for.
Result<> check_found(const model::Task& task) {
    bool is_new_upload = task.id.value == 0 && task.kind == model::TaskKind::Upload;
    if (is_new_upload && task.source_file.path.empty())
        return fail(ErrorCode::InvalidArgument, "an upload needs a file, and there is none");
    return {};
}

Result<model::TaskKind> parse_kind(const std::string& word) {
    for (auto kind : {model::TaskKind::Download, model::TaskKind::Upload, model::TaskKind::WebSocket})
        if (word == model::to_word(kind)) return kind;
    return fail(ErrorCode::InvalidArgument,
                "unknown kind \"" + model::shorten(word, 64) + "\": use download, upload or websocket");
}

model::TaskState first_state(const model::Options& options) {
    return options.start.value_or(false) ? model::TaskState::Waiting : model::TaskState::Suspended;
}

}  // namespace

Result<model::Url> Creation::parse_url(model::TaskKind kind, const std::string& url) {
    return kind == model::TaskKind::WebSocket ? model::parse_socket_url(url) : model::parse_url(url);
}

Result<> Creation::load() {
    next_id_ = TRY(journal_.tasks.next_id());
    return {};
}

Result<> Creation::check(const Caller& caller, const Session& session,
                         std::vector<CreateRequest>& requests) const {
    auto drafts = TRY(draft_all(caller, session, requests));
    for (std::size_t i = 0; i < drafts.size(); ++i) requests[i].is_known = drafts[i].task.id.value != 0;
    return {};
}

Result<std::vector<Creation::Draft>> Creation::draft_all(const Caller& caller, const Session& session,
                                                         const std::vector<CreateRequest>& requests) const {
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
    defaults.max_rate.reset();  // which is for all of them together
    defaults = with_secrets(std::move(defaults), TRY(journal_.secrets.of(session.row.id)));

    std::vector<Draft> drafts;
    drafts.reserve(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i)
        drafts.push_back(TRY(at(draft(caller, session, requests[i], defaults), i, requests.size())));
    return drafts;
}

Result<std::vector<TaskId>> Creation::create(const Caller& caller, Session& session,
                                             const std::vector<CreateRequest>& requests) {
    auto drafts = TRY(draft_all(caller, session, requests));
    for (const auto& draft : drafts) TRY(check_found(draft.task));
    std::set<TaskId> predecessors;
    for (const auto& draft : drafts)
        if (draft.predecessor && !predecessors.insert(draft.predecessor->id).second)
            return fail(ErrorCode::ValidatorMismatch,
                        "two requests have the same resume data: leave it out of one");
    TRY(turn_.open());
    std::vector<TaskId> ids;
    ids.reserve(drafts.size());
    for (auto& draft : drafts) ids.push_back(TRY(turn_.note(write(session, draft))));
    return ids;
}

Result<Creation::Draft> Creation::draft(const Caller& caller, const Session& session,
                                        const CreateRequest& request, const model::Options& defaults) const {
    auto kind = TRY(parse_kind(request.kind));
    auto options = TRY(model::read_options(request.options, model::OptionScope::Task, defaults));
    model::narrow(options, defaults);
    TRY(model::check_kind(options, kind));
    Draft draft;
    auto& task = draft.task;
    task.kind = kind;
    if (options.token)
        if (auto known = TRY(journal_.tasks.find_token(session.row.id, *options.token))) {
            task.id = *known;
            return draft;
        }
    task.url = request.url;
    if (options.resume_data) draft.predecessor = TRY(find_predecessor(caller, options, task.url));
    auto url = TRY(parse_url(kind, task.url));
    TRY(check_files(caller, options));
    auto now = clock_.now();
    task.session = session.row.id;
    task.state = first_state(options);
    if (kind == model::TaskKind::WebSocket) {
        TRY(model::check_socket_options(options));
    } else if (kind == model::TaskKind::Upload) {
        TRY(check_upload(options));
        TRY(request.source ? check_parts(options, *request.source) : check_source(options));
        fill_upload(options, request.source, task);
    } else {
        TRY(fill_download(caller, options, draft));
    }
    task.priority = options.priority.value_or(0.5);
    task.token = options.token.value_or("");
    task.created = now;
    task.deadline = now + options.resource_timeout.value_or(settings_.resource_timeout);
    task.next_attempt = options.not_before;
    task.gate = model::find_gate(options, url);
    task.window = options.window.value_or("");
    draft.after = options.after.value_or(ChainDesk::Ids{});
    TRY(chains_.check(session.row.owner, draft.after));
    if (options.ask_before_start.value_or(false)) task.question = model::Question::Pending;
    take_secrets(options, draft.secrets);
    task.has_secrets = !draft.secrets.is_empty() || url.has_secrets();
    task.resumed_before = task.state == model::TaskState::Waiting;
    if (task.state == model::TaskState::Waiting)
        task.blocked =
            task.next_attempt && *task.next_attempt > now ? model::Block::NotBefore : model::Block::Queue;
    task.options = store_options(without_columns(std::move(options)));
    if (draft.predecessor) TRY(inherit(draft));
    return draft;
}

Result<> Creation::fill_download(const Caller& caller, const model::Options& options, Draft& draft) const {
    auto destination = TRY(
        check_destination(caller, {options.destination.value_or(""), options.filename, options.if_exists}));
    draft.task.destination = destination.path;
    draft.task.if_exists = destination.if_exists;
    draft.task.filename = options.filename.value_or("");
    return {};
}

/// The task whose bytes the resume data stand for. An empty URL becomes that of the data.
Result<model::Task> Creation::find_predecessor(const Caller& caller, const model::Options& options,
                                               std::string& url) const {
    const auto& blob = *options.resume_data;
    auto data = unseal(std::string{blob.begin(), blob.end()}, journal_.seal_key);
    if (!data || data->owner != caller.owner)
        return fail(ErrorCode::InvalidArgument,
                    "option \"resume-data\" is not what Haul gave you: pass the bytes on as they came");
    auto task = TRY(journal_.tasks.find(data->task));
    if (!task || !task->keeps_part)
        return fail(ErrorCode::ValidatorMismatch,
                    "option \"resume-data\" is of no use any more: its bytes are gone, or another task "
                    "continues them; leave it out and the download begins at 0");
    if (life_.open().find(task->id))
        return fail(ErrorCode::InvalidState,
                    "the transfer that the option \"resume-data\" continues is just "
                    "being stopped: try again in a moment");
    if (url.empty() && data->url.empty())
        return fail(ErrorCode::InvalidArgument,
                    "the URL is empty, and that of the resume data had secrets, which are not kept: give it");
    if (url.empty()) url = data->url;
    return std::move(*task);
}

/// Takes the predecessor's bytes over: the part file stays where it is until it gets its name.
Result<> Creation::inherit(Draft& draft) const {
    const auto& from = *draft.predecessor;
    auto& task = draft.task;
    auto part = life_.part_path(from);
    auto path = life_.final_path(task);
    auto directory = path.substr(0, path.rfind('/') + 1);
    if (!files_.open_result(part))
        return fail(ErrorCode::ValidatorMismatch,
                    "the bytes of the option \"resume-data\" are gone: leave it out "
                    "and the download begins at 0");
    if (!files_.can_move(part, directory))
        return fail(ErrorCode::InvalidArgument,
                    "the bytes of the option \"resume-data\" can't be moved to " + directory +
                        ", which is on another file system: choose a destination beside " + part);
    task.part_path = part;
    task.done = from.done;
    task.synced = from.synced;
    task.trust = from.trust;
    task.total = from.total;
    task.validator = from.validator;
    task.digest = from.digest;
    task.modified = from.modified;
    if (task.filename.empty()) task.filename = from.filename;
    return {};
}

Result<> Creation::check_files(const Caller& caller, const model::Options& options) const {
    bool names_file = options.ca_file || options.client_cert || options.client_key;
    if (names_file && caller.owner != settings_.self)
        return fail(ErrorCode::NotPermitted,
                    "the daemon runs as another user and can't read files in your name: leave ca-file, "
                    "client-cert and client-key out");
    return {};
}

Result<model::Destination> Creation::check_destination(const Caller& caller,
                                                       const model::DestinationWish& wish) const {
    if (wish.path.empty() && wish.filename)
        return fail(ErrorCode::InvalidArgument,
                    "option \"filename\" is a name inside the destination: give that too");
    if (wish.path.empty()) return model::Destination{"", wish.if_exists.value_or(model::IfExists::Fail)};
    if (caller.owner != settings_.self)
        return fail(ErrorCode::DestinationDenied,
                    "the daemon runs as another user and can't make files in your name: leave the "
                    "destination empty and "
                    "read the result with OpenResult");
    return files_.check_destination(wish);
}

Result<TaskId> Creation::write(Session& session, Draft& draft) {
    auto& task = draft.task;
    if (task.id.value != 0) return task.id;
    if (!task.token.empty())  // once more: it may be another one's of the same call
        if (auto known = TRY(journal_.tasks.find_token(session.row.id, task.token))) return *known;
    task.id = next_id_;
    ++next_id_.value;
    if (!draft.after.empty()) task.predecessors = TRY(chains_.link(task.id, draft.after));
    TRY(journal_.tasks.insert(task));
    if (!draft.secrets.is_empty()) TRY(journal_.secrets.replace(task.id, draft.secrets));
    if (draft.predecessor) {
        draft.predecessor->keeps_part = false;
        TRY(journal_.tasks.update(*draft.predecessor));
    }
    book_.count_task(task.session, 1);
    book_.count_work(task.session, model::is_work(task.state) ? 1 : 0);
    if (task.state == model::TaskState::Waiting) scheduler_.place(task, clock_.now());
    return task.id;
}

}  // namespace haul::control
