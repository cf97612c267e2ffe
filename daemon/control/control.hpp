#pragma once

#include <deque>
#include <map>
#include <set>

#include "control/caller.hpp"
#include "control/chain_desk.hpp"
#include "control/creation.hpp"
#include "control/details.hpp"
#include "control/limit_book.hpp"
#include "control/session_book.hpp"
#include "control/source_desk.hpp"
#include "control/task_life.hpp"
#include "control/waits.hpp"

namespace haul::control {

/// What a property read of a task needs.
struct TaskView {
    model::Task task;
    Bytes done = 0;
    std::optional<Bytes> total;
};

/// What a task that waits waits for.
struct WaitingLine {
    TaskId id;
    model::Admission wait;
};

/// The head: what the bus asks, the engine and the storeroom report and the clock brings ends up here. All of
/// it on the core thread. Nothing is done and nothing is answered before `settle`, which the loop calls after
/// each turn: answers are given to `when_settled`.
///
/// Sessions and tasks of other owners do not exist for a caller: NoSuchSession, NoSuchTask.
class Control {
public:
    Control(journal::Journal& journal, const Doorways& doorways, Settings settings);

    /// Takes up the stored work. To be called once, before anything else. `boot_id` tells whether the machine
    /// was restarted since.
    Result<> recover(const std::string& boot_id);

    // Sessions
    /// How its client is launched has to be checked before: see the next one.
    Result<SessionId> open_session(const Caller& caller, const std::string& identifier,
                                   const Fields& options);
    /// Replies when it is committed, and a new way to launch its client is known to work.
    using OpenReply = UniqueFunction<void(Result<SessionId>)>;
    void open_session(const Caller& caller, const std::string& identifier, const Fields& options,
                      OpenReply reply);
    std::vector<const Session*> list_sessions(const Caller& caller) const { return book_.of(caller.owner); }
    bool owns_session(const Caller& caller, SessionId session);
    Result<Fields> session_details(const Caller& caller, SessionId session);
    using Rival = relaunch::EventPump::Rival;
    Result<> attach(const Caller& caller, SessionId session, Rival rival = Rival::Keep);
    Result<> detach(const Caller& caller, SessionId session);
    Result<std::vector<model::Event>> events(const Caller& caller, SessionId session, EventNumber after,
                                             std::uint32_t max);
    Result<> acknowledge(const Caller& caller, SessionId session, EventNumber number);
    Result<> complete(const Caller& caller, SessionId session, WakeNumber wake);
    enum class Unfinished : std::uint8_t { Finish, Cancel };
    Result<> invalidate(const Caller& caller, SessionId session, Unfinished tasks);

    // Tasks
    Result<std::vector<TaskId>> create(const Caller& caller, SessionId session,
                                       const std::vector<CreateRequest>& requests);
    /// Likewise, where sources of uploads may have to be copied first: replies when the tasks are committed.
    using CreateReply = UniqueFunction<void(Result<std::vector<TaskId>>)>;
    void create(const Caller& caller, SessionId session, std::vector<Order> orders, CreateReply reply);
    Result<std::vector<journal::TaskLine>> list_tasks(const Caller& caller, SessionId session,
                                                      const std::string& state, TaskId after,
                                                      std::uint32_t max);
    Result<std::vector<journal::TaskLine>> list_all_tasks(const Caller& caller, const std::string& state);
    Result<std::vector<WaitingLine>> list_waiting(const Caller& caller, SessionId session, TaskId after,
                                                  std::uint32_t max);
    bool owns_task(const Caller& caller, TaskId task);
    /// A client's Resume, Suspend or Cancel.
    Result<> command(const Caller& caller, TaskId task, const model::Fact& fact);
    /// Cancels, and replies with resume data when all bytes are kept; empty where there is nothing to
    /// continue. Where there is an error, the reply is never called.
    Result<> cancel_keeping(const Caller& caller, TaskId task, UniqueFunction<void(Result<Blob>)> reply);
    Result<> replace_url(const Caller& caller, TaskId task, const std::string& url);
    Result<> provide_credential(const Caller& caller, TaskId task, const std::string& scheme,
                                const std::string& user, const std::string& secret);
    Result<> remove(const Caller& caller, TaskId task);
    Result<> set_header(const Caller& caller, TaskId task, const std::string& name, const std::string& value);
    Result<> set_option(const Caller& caller, TaskId task, const std::string& key, const std::string& value);
    Result<> set_priority(const Caller& caller, TaskId task, double priority);
    /// Replies at once where the task has ended, else later; where there is an error, never.
    Result<> wait(const Caller& caller, TaskId task, Duration timeout, Waits::Reply reply);
    Result<Fields> task_details(const Caller& caller, TaskId task);
    Result<std::vector<Fields>> task_metrics(const Caller& caller, TaskId task);
    Result<UniqueFd> open_result(const Caller& caller, TaskId task);
    /// For property reads: what is committed.
    Result<TaskView> view(TaskId task);
    // WebSockets
    /// The number that the message got.
    Result<std::uint64_t> send_message(const Caller& caller, TaskId task, model::Message message);
    /// Replies when the pong is there; where there is an error, never.
    Result<> ping(const Caller& caller, TaskId task, SocketDesk::PingReply reply);
    Result<> close_socket(const Caller& caller, TaskId task, model::CloseWord word);
    Result<UniqueFd> open_channel(const Caller& caller, TaskId task);
    bool is_web_socket(TaskId task) const;
    /// For property reads.
    std::uint32_t queued_messages(TaskId task) const;

    // The machine
    Result<> set_limit(const Caller& caller, const std::string& name, std::uint64_t value);
    std::map<std::string, std::uint64_t> limits() const { return limits_.all(); }
    const model::Conditions& conditions() const { return gatekeeper_.conditions(); }
    std::uint32_t active_tasks(const Caller& caller);
    const Settings& settings() const { return settings_; }

    // News from below
    void on_transfer(ports::TransferReport report);
    void on_storeroom(ports::StoreroomReport report);
    void on_channel(ports::ChannelReport report);
    void on_alarm();
    /// What could not be reached may be now.
    void on_network_better();
    /// What is known of the machine has changed.
    void on_conditions(model::Conditions conditions);
    /// There is so much room on the directory's disk, where somebody waits for it.
    void on_room(const std::string& directory, Bytes room);
    /// Somebody has set the wall clock.
    void on_clock_set();
    void on_client_gone(const ports::ClientName& client);
    void on_launched(const ports::LaunchReport& report);

    /// What to do when the turn is committed, or has failed.
    void when_settled(Turn::Outcome outcome) { turn_.on_settled(std::move(outcome)); }
    /// Ends the turn: commits, acts, answers, admits what may run, and sets the clock's next alarm.
    void settle();

    /// Whether nothing is left to do without a client's call.
    bool is_idle() const;
    /// Ends all attempts and starts none; `is_stopped` tells when their bytes are kept.
    void stop();
    bool is_stopped() const { return stopping_ && life_.open().is_empty() && postponed_.empty(); }
    /// Whether tasks with secrets have ended since the last `scrub`, which wipes what they left in the
    /// journal's file.
    bool needs_scrub() const { return life_.left_secrets(); }
    void scrub();

private:
    static constexpr Duration kJournalRetry = std::chrono::seconds{1};
    using Report = std::variant<ports::TransferReport, ports::StoreroomReport, ports::ChannelReport>;

    Result<Session*> session_of(const Caller& caller, SessionId session);
    Result<model::Task> task_of(const Caller& caller, TaskId task);
    Result<model::Task> unstarted_task_of(const Caller& caller, TaskId task);
    Result<model::Task> live_socket_of(const Caller& caller, TaskId task);
    Result<> close(model::Task task, model::CloseWord word);
    Result<> change_secrets(model::Task task, const model::Secrets& secrets);
    Result<> check_changed_upload(model::Task& task, const std::string& key,
                                  const model::Options& options) const;
    Result<UniqueFd> open_reply(const model::Task& task);
    Result<model::LaunchTarget> new_target(const Caller& caller, const std::string& identifier,
                                           const Fields& fields);
    Result<> acknowledge_up_to(SessionId session, EventNumber number);
    Result<> forget_old();
    Result<> forget_unasked();
    void tell_limits();
    void tell_rates();
    Result<> recover_spool();
    Result<> remove_spool_orphans();
    void review_sessions();
    Result<> review(SessionId session);
    Result<> on_left(SessionId session);
    enum class Ended : std::uint8_t { NotYet, Gone };
    Result<Ended> end_session(Session& session);
    Result<Ended> forget_session(Session& session);
    void on_prepared(const Caller& caller, SessionId session, std::vector<CreateRequest> requests,
                     CreateReply reply);
    void take_sources(const std::vector<TaskId>& tasks, std::vector<CreateRequest>& requests) const;
    void take(Report report);
    Result<> serve(const Report& report);
    Result<> serve(const ports::StoreroomReport& report);
    Result<> serve(const ports::ChannelReport& report);
    Result<> look_at(TaskId task);
    Result<> recover_clock(bool same_boot);
    Duration find_clock_offset();
    bool is_clock_set();
    Result<> shift_times();
    Result<> place_all();
    void halt_running();
    void on_limits();
    std::vector<std::pair<ports::ClientName, model::Task>> watched_tasks();
    void follow_chains(int& left);
    void serve_sleep();
    void admit();
    Result<> admit(TaskId task);
    void on_failed_turn();

    journal::Journal& journal_;
    Settings settings_;
    Doorways doorways_;
    Turn turn_;
    SessionBook book_;
    LimitBook limits_;
    Gatekeeper gatekeeper_;
    Scheduler scheduler_;
    relaunch::Wakes wakes_;
    relaunch::EventPump pump_;
    Waits waits_;
    SpoolLedger ledger_;
    SocketDesk sockets_;
    ChainDesk chains_;
    TaskLife life_;
    Creation creation_;
    SourceDesk sources_;
    std::deque<Report> postponed_;             ///< reports that the journal could not take; tried again
    std::optional<WallTime> journal_retry_;    ///< when; no attempt begins before
    std::map<OwnerId, std::uint32_t> checks_;  ///< of ways to launch, under way
    std::set<SessionId> ending_;               ///< sessions of which a part has to go in another turn
    std::optional<WallTime> swept_;            ///< when unacknowledged ends were last looked through
    std::optional<WallTime> link_up_;          ///< from when on attempts begin, after a network has come
    bool may_sleep_ = false;  ///< whether the machine that wants to sleep was told that it can
    bool stays_awake_ = false;
    std::optional<WallTime> rate_until_;  ///< when a window changes the machine's rate
    Duration clock_offset_{};             ///< of the wall clock from the time since the machine was started
    bool is_informed_ = false;            ///< of the machine's conditions; before, nothing begins
    bool stopping_ = false;
};

}  // namespace haul::control
