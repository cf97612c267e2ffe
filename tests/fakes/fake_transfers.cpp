#include "fakes/fake_transfers.hpp"

#include <utility>

#include "model/resume_rule.hpp"

namespace haul::fakes {

using model::fact::Ending;

void FakeTransfers::start(model::TransferRequest request) {
    on_call();
    started.push_back(request);
    auto& running = running_[request.task] = {.request = std::move(request), .entity = {}};
    auto& part = part_of(running);
    if (running.request.part.trust == model::PartTrust::Synced)
        part.size = std::min(part.size, running.request.part.synced);

    auto entity = entities.find(running.request.url);
    if (entity == entities.end()) {
        interrupted(running, {.ending = Ending::Final,
                              .reason = model::Reason::HttpStatus,
                              .text = "status 404",
                              .status = 404});
        return;
    }
    running.entity = entity->second;
    bool was_known = model::can_continue(running.request.validator);
    bool is_same = was_known && running.request.validator.etag == running.entity.etag;
    running.request.validator.etag = running.entity.etag;
    running.request.total = running.entity.size;
    if (!is_same) part.size = 0;
    running.begun_at = part.size;
    if (was_known && !is_same) {
        running.is_held = true;
        report(running, model::fact::Restarted{{running.request.validator, running.entity.size, 200, 0},
                                               "another entity"});
        return;
    }
    run(running);
}

void FakeTransfers::run(Running& running) {
    auto& part = part_of(running);
    if (!running.entity.stalls_after) {
        finish(running.request.task);
        return;
    }
    part.size = std::max(part.size, *running.entity.stalls_after);
    report(running, model::fact::Began{running.request.validator, running.request.total, 200, part.size});
}

void FakeTransfers::proceed(TaskId task, Attempt attempt) {
    on_call();
    proceeded.emplace_back(task, attempt);
    auto* running = find(task, attempt);
    if (running && std::exchange(running->is_held, false)) run(*running);
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
    report(running, model::fact::Arrived{.size = part.size, .inode = part.inode, .status = 200}, true);
}

void FakeTransfers::interrupt(TaskId task, Ending ending, model::Reason reason) {
    interrupted(running_.at(task), {.ending = ending, .reason = reason, .text = "it broke"});
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
    fact.done = part_of(running).size;
    fact.progressed = fact.done > running.begun_at;
    fact.total = running.request.total;
    fact.validator = running.request.validator;
    report(running, std::move(fact), true);
}

void FakeTransfers::report(const Running& running, model::Fact fact, bool last) {
    auto task = running.request.task;
    reports_.push_back(
        {.task = task, .attempt = running.request.attempt, .fact = std::move(fact), .last = last});
    if (last) running_.erase(task);
}

}  // namespace haul::fakes
