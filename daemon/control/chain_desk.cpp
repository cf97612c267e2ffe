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

Result<std::uint32_t> ChainDesk::link(TaskId task, OwnerId owner, const std::vector<std::uint64_t>& after) {
    std::set<TaskId> unmet;
    for (auto id : after) {
        auto predecessor = TRY(journal_.tasks.find({id}));
        const auto* session = predecessor ? book_.find(predecessor->session) : nullptr;
        if (!session || session->row.owner != owner)
            return fail(ErrorCode::NoSuchTask,
                        "option \"after\" names task " + std::to_string(id) + ", which does not exist");
        TRY(check_no_circle(task, predecessor->id));
        if (predecessor->state == model::TaskState::Finished) continue;
        unmet.insert(predecessor->id);
        if (model::is_terminal(predecessor->state)) note_end(predecessor->id);
    }
    TRY(turn_.open());
    TRY(turn_.note(journal_.chains.remove_waiting(task)));
    for (auto predecessor : unmet) TRY(turn_.note(journal_.chains.insert(predecessor, task)));
    return static_cast<std::uint32_t>(unmet.size());
}

/// Whether the predecessor, or one that it waits for, waits for the task.
Result<> ChainDesk::check_no_circle(TaskId task, TaskId predecessor) const {
    std::set<TaskId> seen{predecessor};
    std::vector<TaskId> to_look{predecessor};
    while (!to_look.empty()) {
        auto looked = to_look.back();
        to_look.pop_back();
        if (looked == task)
            return fail(ErrorCode::InvalidArgument,
                        "option \"after\" makes a circle: task " + std::to_string(predecessor.value) +
                            " itself waits for task " + std::to_string(task.value));
        if (seen.size() > kMostLooked)
            return fail(ErrorCode::LimitExceeded, "option \"after\" leads to more than " +
                                                      std::to_string(kMostLooked) +
                                                      " tasks that wait for others");
        for (auto next : TRY(journal_.chains.predecessors(looked)))
            if (seen.insert(next).second) to_look.push_back(next);
    }
    return {};
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
