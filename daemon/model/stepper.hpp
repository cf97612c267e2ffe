#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "model/transition.hpp"

namespace haul::model {

/// One step under way, for transition*.cpp alone: its functions are the arrows of the table in
/// transition.hpp.
class Stepper {
public:
    Stepper(Task task, const Surroundings& around) : step_{std::move(task), {}, {}, {}}, around_(around) {}

    Result<Step> take(const Fact& fact);

private:
    Result<> on(const fact::Resume&);
    Result<> on(const fact::Suspend&);
    Result<> on(const fact::Cancel&);
    Result<> on(const fact::CancelKeeping&) { return cancel(Keep::GoodBytes); }
    Result<> on(const fact::ReplaceUrl& fact);
    Result<> on(const fact::Close& fact);
    Result<> on(const fact::CredentialsGiven&);
    Result<> on(const fact::Admit&);
    Result<> on(const fact::DeadlinePassed&);
    Result<> on(const fact::NetworkBetter&);
    Result<> on(const fact::RoomMade&);
    Result<> on(const fact::Halted& fact);
    Result<> on(const fact::PredecessorEnded& fact);
    Result<> on(const fact::SourceFound& fact);
    Result<> on(const fact::SourceLacking& fact);

    // transition_sockets.cpp
    Result<> on(const fact::Opened& fact);
    Result<> on(const fact::Goodbye& fact);
    Result<> on(const fact::Closed& fact);
    void note_closed(const fact::Closed& fact);
    Duration backoff() const;

    // transition_reports.cpp
    Result<> on(const fact::Began& fact);
    Result<> on(const fact::Restarted& fact);
    Result<> on(const fact::Segmented& fact);
    Result<> on(const fact::Covered& fact);
    Result<> on(const fact::Progressed& fact);
    Result<> on(const fact::Synced& fact);
    Result<> on(const fact::Arrived& fact);
    Result<> on(const fact::NotModified& fact);
    Result<> on(const fact::Uploaded& fact);
    Result<> on(const fact::Answered& fact);
    Result<> on(const fact::Interrupted& fact);
    Result<> on(const fact::SyncFailed& fact);
    Result<> on(const fact::Published& fact);
    Result<> on(const fact::Unpublished& fact);

    Result<> on(const fact::Recovered& fact);
    Result<> recover_upload(const fact::Recovered& fact);

    enum class Keep : std::uint8_t { Nothing, GoodBytes };
    Result<> cancel(Keep keep, Reason reason = Reason::Client);
    Result<> keep_late_bytes(const fact::Interrupted& fact);
    void take_bytes(const fact::Interrupted& fact);
    void take(const UploadState& state);
    void take(const Entity& entity);
    void stumble(const fact::Interrupted& fact);
    bool may_be_about_lanes(const fact::Interrupted& fact);
    void retry(Reason reason, Duration delay);
    void wait_for_source();
    void wait_for_network(const fact::Interrupted& fact, Duration delay);
    void ask();

    void wait(Block why);
    void lose_unsynced();
    void leave_running();
    void give_up_bytes(const std::string& why);
    void end(TaskState state, Reason reason, Keep keep = Keep::Nothing);
    tl::unexpected<Error> refuse(std::string_view what);
    /// All of its bytes are there, or it has ended.
    bool is_beyond_recall() { return is_terminal(task().state) || task().state == TaskState::Publishing; }

    Task& task() { return step_.task; }

    Step step_;
    const Surroundings& around_;
};

}  // namespace haul::model
