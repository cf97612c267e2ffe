#pragma once

#include <deque>
#include <optional>

#include "control/session_book.hpp"
#include "control/turn.hpp"
#include "journal/journal.hpp"
#include "model/fact.hpp"
#include "model/options.hpp"

namespace haul::control {

/// Tasks that must have finished before others may run: which ends have still to be told to whom. Each is
/// told in a turn of the loop that has room for it, so that the end of a task for which many wait holds up
/// nobody.
class ChainDesk {
public:
    ChainDesk(journal::Journal& journal, Turn& turn, SessionBook& book)
        : journal_(journal), turn_(turn), book_(book) {}

    /// Takes up the ends that were not told before the daemon stopped.
    Result<> load();
    using Ids = std::vector<std::uint64_t>;
    /// Whether a task of the owner's may wait for these. Errors: NoSuchTask for one that is not the owner's.
    Result<> check(OwnerId owner, const Ids& after) const;
    /// Whether none of them waits for the task itself. Errors: InvalidArgument, LimitExceeded.
    Result<> check_no_circle(TaskId task, const Ids& after) const;
    /// The task waits for these, in the place of others; how many have not finished. To be checked before.
    Result<std::uint32_t> link(TaskId task, const Ids& after);
    void note_end(TaskId task) { ended_.push_back(task); }
    /// Forgets for whom the task waits.
    Result<> unlink(TaskId task) const { return journal_.chains.remove_waiting(task); }

    /// Somebody who waits, and what to tell; to be applied within the open turn.
    struct Word {
        TaskId task;
        model::fact::PredecessorEnded fact;
    };
    Result<std::optional<Word>> next();
    bool is_empty() const { return ended_.empty(); }

private:
    journal::Journal& journal_;
    Turn& turn_;
    SessionBook& book_;
    std::deque<TaskId> ended_;
};

}  // namespace haul::control
