#pragma once

#include <optional>
#include <vector>

#include "base/unique_function.hpp"
#include "journal/database.hpp"

namespace haul::control {

/// One turn of the core thread's loop: everything that it changes is one transaction, and nothing that leaves
/// the process does so before the commit. Effects and replies are kept here until then.
class Turn {
public:
    using Effect = UniqueFunction<void()>;
    /// Gets the error where the commit failed and nothing of the turn has happened, else nullptr.
    using Outcome = UniqueFunction<void(const Error*)>;

    explicit Turn(journal::Database& database) : database_(database) {}

    /// To be called before the first write.
    Result<> open();
    /// Passes a result on; a journal that can't be used dooms the whole turn, since half of its work may be
    /// in it.
    template <class T>
    Result<T> note(Result<T> result) {
        if (!result && result.error().code == ErrorCode::JournalUnavailable) doom_ = result.error();
        return result;
    }

    void after_commit(Effect effect) { effects_.push_back(std::move(effect)); }
    void on_settled(Outcome outcome) { outcomes_.push_back(std::move(outcome)); }

    bool is_empty() const { return !is_open_ && !doom_ && effects_.empty() && outcomes_.empty(); }
    /// Commits, or rolls back, and runs what waits for it. What the effects add belongs to the next turn.
    void settle();

private:
    Result<> close();

    journal::Database& database_;
    bool is_open_ = false;
    std::optional<Error> doom_;
    std::vector<Effect> effects_;
    std::vector<Outcome> outcomes_;
};

}  // namespace haul::control
