#pragma once

#include <map>
#include <unordered_map>
#include <unordered_set>

#include "control/chain_desk.hpp"
#include "control/doorways.hpp"
#include "control/open_attempts.hpp"
#include "control/scheduler.hpp"
#include "control/session_book.hpp"
#include "control/settings.hpp"
#include "control/socket_desk.hpp"
#include "control/space_desk.hpp"
#include "control/spool_ledger.hpp"
#include "control/turn.hpp"
#include "control/waits.hpp"
#include "model/transition.hpp"
#include "relaunch/event_pump.hpp"

namespace haul::control {

/// The road that every fact about a task takes: fact -> transition -> journal -> (commit) -> effects.
///
/// Whatever a fact changes is written in the open turn; what follows from it in the world happens after the
/// commit. The journal is the state: what this class holds is about open part files and live numbers only.
class TaskLife {
public:
    TaskLife(journal::Journal& journal, Turn& turn, SessionBook& book, Scheduler& scheduler,
             relaunch::EventPump& pump, Waits& waits, SpoolLedger& ledger, SocketDesk& sockets,
             ChainDesk& chains, const Doorways& doorways, const Settings& settings);

    /// Takes the fact in. The task as it is now, committed or not. Errors: InvalidState, JournalUnavailable.
    Result<model::Task> apply(model::Task task, const model::Fact& fact);
    /// Likewise; nothing happens where the task is gone.
    Result<> apply(TaskId task, const model::Fact& fact);

    /// A report of an attempt; those of old ones count for nothing.
    Result<> on_transfer(const ports::TransferReport& report);
    Result<> on_file(const ports::FileReport& report);

    /// Notes in the journal that a file has to go; it goes after the commit.
    Result<> discard(const std::string& path);
    /// Forgets a task that has ended, its spooled result and the bytes that it keeps.
    Result<> forget(const model::Task& task);
    /// What its client can continue its bytes by; nothing where there are none to continue.
    Blob resume_data(const model::Task& task, const std::string& url) const;

    /// Hidden, in the directory of the finished file, and unlike that of any other task of any other journal.
    std::string part_path(const model::Task& task) const;
    /// Where the finished file will be.
    std::string final_path(const model::Task& task) const;
    const LiveBytes* live_bytes(TaskId task) const;

    /// Ends all attempts, keeping their bytes.
    void stop_all();
    /// The task with what it waits for, besides what its row says.
    model::Task as_seen(model::Task task) const;
    const OpenAttempts& open() const { return open_; }
    /// Has the disk looked at where the task waits for room on it.
    void watch_space(const model::Task& task);
    SpaceDesk& space() { return space_; }
    /// Calls back when the journal has all of the last attempt's bytes: within this turn where none is open.
    void when_closed(TaskId task, Turn::Effect call);
    bool is_publishing() const { return !publishing_.empty(); }

    /// Whether secrets were deleted from the journal that its file may still hold.
    bool left_secrets() const { return left_secrets_; }
    void on_secrets_deleted() { left_secrets_ = true; }
    void on_scrubbed() { left_secrets_ = false; }

private:
    model::Surroundings surroundings(const model::Task& task) const;
    Result<> prepare(const model::Step& step, model::Effect effect, const model::Secrets& secrets);
    Result<> prepare_start(const model::Task& task);
    void start(const model::Task& task, model::Secrets secrets);
    void stop(model::TaskKind kind, TaskId task, Attempt attempt);
    model::TransferRequest transfer_request(const model::Task& task, model::Secrets secrets) const;
    void prepare_forget(const model::Step& step, const model::Secrets& secrets);
    Result<> keep_reply(const model::Task& task, const model::Fact& fact);
    bool may_repeat(const model::Task& task, const model::Options& options) const;
    OwnerId owner_of(const model::Task& task) const;
    model::PartPlace part_place(const model::Task& task) const;
    Result<> prepare_discard(const model::Task& task);
    Result<> record(const model::Task& before, model::Step& step);
    enum class Check : std::uint8_t { Done, Needed };
    void publish(const model::Task& task, Check check);
    void when_committed(const model::Task& before, const model::Task& after);
    void on_closed(TaskId task, Attempt attempt);

    journal::Journal& journal_;
    Turn& turn_;
    SessionBook& book_;
    Scheduler& scheduler_;
    relaunch::EventPump& pump_;
    Waits& waits_;
    SpoolLedger& ledger_;
    SocketDesk& sockets_;
    ChainDesk& chains_;
    Doorways doorways_;
    const Settings& settings_;
    OpenAttempts open_;
    SpaceDesk space_;
    std::unordered_set<TaskId> publishing_;
    bool left_secrets_ = false;
};

}  // namespace haul::control
