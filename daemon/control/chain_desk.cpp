#include "control/chain_desk.hpp"

#include <set>

#include "control/stored_options.hpp"

namespace haul::control {
namespace {

constexpr std::size_t kMostLooked = 10'000;  // tasks of one chain

}  // namespace

Result<> ChainDesk::load() {
    ended_.clear();
    for (auto task : TRY(journal_.chains.untold())) ended_.push_back(task);
    return {};
}

Result<> ChainDesk::check(OwnerId owner, const Ids& after) const {
    for (auto id : after) {
        auto predecessor = TRY(journal_.tasks.find({id}));
        const auto* session = predecessor ? book_.find(predecessor->session) : nullptr;
        if (!session || session->row.owner != owner)
            return fail(ErrorCode::NoSuchTask,
                        "option \"after\" names task " + std::to_string(id) + ", which does not exist");
    }
    return {};
}

Result<> ChainDesk::check_no_circle(TaskId task, const Ids& after) const {
    std::set<TaskId> seen;
    std::vector<TaskId> to_look;
    for (auto id : after)
        if (seen.insert({id}).second) to_look.push_back({id});
    while (!to_look.empty()) {
        auto looked = to_look.back();
        to_look.pop_back();
        if (looked == task)
            return fail(ErrorCode::InvalidArgument,
                        "option \"after\" makes a circle: one of these tasks waits for task " +
                            std::to_string(task.value) + " itself");
        if (seen.size() > kMostLooked)
            return fail(ErrorCode::LimitExceeded, "option \"after\" leads to more than " +
                                                      std::to_string(kMostLooked) +
                                                      " tasks that wait for others");
        for (auto next : TRY(journal_.chains.predecessors(looked)))
            if (seen.insert(next).second) to_look.push_back(next);
    }
    return {};
}

Result<std::uint32_t> ChainDesk::link(TaskId task, const Ids& after) {
    TRY(turn_.open());
    TRY(turn_.note(journal_.chains.remove_waiting(task)));
    std::uint32_t unmet = 0;
    for (auto id : std::set(after.begin(), after.end())) {
        auto predecessor = TRY(journal_.tasks.find({id}));
        if (!predecessor || predecessor->state == model::TaskState::Finished) continue;
        if (model::is_terminal(predecessor->state)) note_end(predecessor->id);
        TRY(turn_.note(journal_.chains.insert(predecessor->id, task)));
        ++unmet;
    }
    return unmet;
}

Result<std::optional<ChainDesk::Word>> ChainDesk::next() {
    while (!ended_.empty()) {
        auto predecessor = ended_.front();
        auto successor = TRY(journal_.chains.first_successor(predecessor));
        if (!successor) {
            ended_.pop_front();
            continue;
        }
        TRY(turn_.open());
        TRY(turn_.note(journal_.chains.remove(predecessor, *successor)));
        auto ended = TRY(journal_.tasks.find(predecessor));
        auto waiting = TRY(journal_.tasks.find(*successor));
        if (!waiting) continue;
        auto options = load_options(waiting->options);
        return Word{*successor,
                    {.predecessor = predecessor,
                     .has_finished = ended && ended->state == model::TaskState::Finished,
                     .is_needed = options.after_failure.value_or(model::AfterFailure::Cancel) ==
                                  model::AfterFailure::Cancel}};
    }
    return std::nullopt;
}

}  // namespace haul::control
