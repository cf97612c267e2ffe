#include "fakes/fake_transfers.hpp"

#include <utility>

#include "model/digest_field.hpp"
#include "model/resume_rule.hpp"

namespace haul::fakes {

using model::fact::Ending;

namespace {

bool has_digest(const Entity& entity, const Digest& digest) {
    Hasher hasher{digest.algorithm};
    hasher.update(bytes_of(entity, 0, entity.size));
    return hasher.finish() == digest;
}

}  // namespace

std::string bytes_of(const Entity& entity, Bytes begin, Bytes end) {
    std::string bytes;
    bytes.reserve(end - begin);
    auto salt = entity.etag.size() > 1 ? static_cast<Bytes>(entity.etag[1]) : 0;
    for (auto at = begin; at < end; ++at) bytes += static_cast<char>('a' + (at + at / 4096 + salt) % 26);
    return bytes;
}

void FakeTransfers::start(model::TransferRequest request) {
    on_call();
    started.push_back(request);
    auto& running = running_[request.task] = {.request = std::move(request), .entity = {}};
    if (running.request.upload) return;  // the test says what comes of it
    open(running);
    if (is_kept_out(running)) return;
    auto& part = part_of(running);
    auto& known = running.request;
    bool was_known = model::can_continue(known.validator);
    bool is_same = was_known && known.validator.etag == running.entity.etag;
    bool has_bytes = part.size > 0 && was_known;
    if (has_bytes && !is_same && known.wants_same_entity)
        return interrupted(running, {.ending = Ending::NotHere, .reason = model::Reason::Changed});
    if (has_bytes && is_same && running.entity.refuses_ranges && part.size < running.entity.size)
        return interrupted(
            running,
            {.ending = Ending::ResumeRefused, .reason = model::Reason::HttpStatus, .text = "status 416"});
    known.validator.etag = running.entity.etag;
    known.total = running.entity.size;
    if (!is_same) part.size = 0;
    running.begun_at = part.size;
    if (!was_known || is_same) return run(running);
    running.hold = Hold::Restart;
    report(running, model::fact::Restarted{entity_of(running), "another entity"});
}

/// What of the part file counts.
void FakeTransfers::open(Running& running) {
    auto& part = part_of(running);
    const auto& place = running.request.part;
    if (place.trust == model::PartTrust::Synced) part.size = std::min(part.size, place.synced.prefix());
    if (place.trust == model::PartTrust::Covered) part.size = std::min(part.size, place.done.prefix());
    running.begun_at = part.size;
}

/// Whether the URL leads nowhere, or asks who is there.
bool FakeTransfers::is_kept_out(Running& running) {
    auto found = entities.find(running.request.url);
    if (found == entities.end()) {
        interrupted(running, {.ending = Ending::Final,
                              .reason = model::Reason::HttpStatus,
                              .text = "status 404",
                              .entity = {.status = 404}});
        return true;
    }
    running.entity = found->second;
    if (!running.entity.wants_credentials || running.request.secrets.server.is_given()) return false;
    interrupted(running, {.ending = Ending::Credentials,
                          .reason = model::Reason::Credentials,
                          .text = "status 401",
                          .challenges = {{.scheme = "basic", .realm = "here"}},
                          .entity = {.status = 401}});
    return true;
}

void FakeTransfers::run(Running& running) {
    constexpr Bytes kWorthSplitting = 2 * 1024 * 1024;
    bool is_large = running.entity.size - part_of(running).size >= kWorthSplitting;
    if (!is_large || running.request.options.connections.value_or(1) == 1) return bring(running);
    running.hold = Hold::Segments;
    report(running, model::fact::Segmented{entity_of(running), model::Coverage{part_of(running).size}});
}

void FakeTransfers::bring(Running& running) {
    auto& part = part_of(running);
    auto until = running.entity.stalls_after ? running.entity.stalls_after : running.entity.breaks_after;
    if (!until) return finish(running.request.task);
    part.size = std::max(part.size, *until);
    if (running.entity.breaks_after)
        return interrupted(
            running,
            {.ending = Ending::Retry, .reason = model::Reason::Incomplete, .text = "the connection ended"});
    report(running, model::fact::Began{entity_of(running), model::Coverage{part.size}});
}

void FakeTransfers::proceed(TaskId task, Attempt attempt) {
    on_call();
    proceeded.emplace_back(task, attempt);
    auto* running = find(task, attempt);
    auto hold = running ? std::exchange(running->hold, Hold::None) : Hold::None;
    if (hold == Hold::Restart) run(*running);
    if (hold != Hold::Segments) return;
    running->is_segmented = true;
    bring(*running);
}

void FakeTransfers::stop(TaskId task, Attempt attempt) {
    on_call();
    stopped.emplace_back(task, attempt);
    if (auto* running = find(task, attempt)) interrupted(*running, {.ending = Ending::Stopped});
}

void FakeTransfers::receive(TaskId task, Bytes more) {
    auto& running = running_.at(task);
    auto& part = part_of(running);
    part.size += more;
    report(running, model::fact::Progressed{part.size, running.request.total});
}

void FakeTransfers::finish(TaskId task) {
    auto& running = running_.at(task);
    auto& part = part_of(running);
    part.size = running.entity.size;
    auto entity = entity_of(running);
    auto promised = parse_digest(entity.digest);
    for (const auto& digest : {running.request.options.checksum, promised})
        if (digest && !has_digest(running.entity, *digest))
            return interrupted(running, {.ending = Ending::Final,
                                         .reason = model::Reason::Checksum,
                                         .text = "expected " + to_text(*digest)});
    report(
        running,
        model::fact::Arrived{.entity = entity, .size = part.size, .inode = part.inode, .is_verified = true},
        true);
}

void FakeTransfers::interrupt(TaskId task, Ending ending, model::Reason reason) {
    interrupted(running_.at(task), {.ending = ending, .reason = reason, .text = "it broke"});
}

void FakeTransfers::forget(model::TransferRequest request) {
    forgotten.push_back(std::move(request));
}

void FakeTransfers::move(TaskId task, model::UploadState state, bool is_held) {
    auto& running = running_.at(task);
    running.request.upload->state = state;
    report(running, model::fact::Uploaded{std::move(state), is_held});
}

void FakeTransfers::answer(TaskId task, model::Reply reply) {
    auto& running = running_.at(task);
    auto state = running.request.upload->state;
    state.offset = running.request.upload->plan.size;
    report(running, model::fact::Answered{std::move(state), std::move(reply), ""}, true);
}

bool FakeTransfers::deliver() {
    if (reports_.empty()) return false;
    for (auto& report : std::exchange(reports_, {})) sink_(std::move(report));
    return true;
}

FakeTransfers::Running* FakeTransfers::find(TaskId task, Attempt attempt) {
    auto found = running_.find(task);
    return found != running_.end() && found->second.request.attempt == attempt ? &found->second : nullptr;
}

void FakeTransfers::interrupted(Running& running, model::fact::Interrupted fact) {
    if (running.request.upload) {
        fact.upload = running.request.upload->state;
        fact.done = model::Coverage{fact.upload->offset};
        return report(running, std::move(fact), true);
    }
    fact.done = model::Coverage{part_of(running).size};
    fact.progressed = fact.done.bytes() > running.begun_at;
    fact.is_segmented = running.is_segmented;
    auto status = fact.entity.status;
    fact.entity = entity_of(running);
    if (status != 0) fact.entity.status = status;
    report(running, std::move(fact), true);
}

model::Entity FakeTransfers::entity_of(const Running& running) {
    auto promised = model::parse_digest_field(running.entity.repr_digest);
    return {.validator = running.request.validator,
            .total = running.request.total,
            .status = 200,
            .digest = promised ? to_text(*promised) : running.request.digest};
}

void FakeTransfers::report(const Running& running, model::Fact fact, bool last) {
    auto task = running.request.task;
    reports_.push_back(
        {.task = task, .attempt = running.request.attempt, .fact = std::move(fact), .last = last});
    if (last) running_.erase(task);
}

}  // namespace haul::fakes
