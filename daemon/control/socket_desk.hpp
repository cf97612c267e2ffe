#pragma once

#include <list>
#include <map>
#include <optional>
#include <unordered_map>

#include "control/doorways.hpp"
#include "control/session_book.hpp"
#include "control/turn.hpp"
#include "model/socket.hpp"
#include "relaunch/event_pump.hpp"

namespace haul::control {

/// Messages of WebSockets, on their way between clients, the journal and the ear. What a client sends is
/// journalled before it is handed to the ear, and what comes in before the ear hears that it is taken.
///
/// A line is what is known of a connection while its attempt runs; all of it can be made again.
class SocketDesk {
public:
    SocketDesk(journal::Journal& journal, Turn& turn, SessionBook& book, relaunch::EventPump& pump,
               const Doorways& doorways)
        : journal_(journal), turn_(turn), book_(book), pump_(pump), doorways_(doorways) {}

    /// Puts a message at the end of the task's queue; its number. Errors: InvalidArgument for one that is too
    /// long, LimitExceeded.
    Result<std::uint64_t> send(model::Task task, model::Message message);
    using PingReply = UniqueFunction<void(Result<Duration>)>;
    /// Replies when the pong is there, or never will be. Errors, where the reply is never used: InvalidState,
    /// LimitExceeded.
    Result<> ping(TaskId task, PingReply reply);
    /// Whether messages wait to be sent.
    Result<bool> has_queue(TaskId task) const;

    /// An attempt begins.
    void begin(const model::Task& task, const model::SocketTerms& terms);
    /// Its connection is open, which is committed.
    void on_opened(const model::Task& task);
    /// The client wants to say goodbye, behind what is queued.
    void say_goodbye(TaskId task, model::CloseWord word);
    void end(TaskId task, Attempt attempt);

    Result<> on_received(const model::Task& task, const ports::Received& report, Attempt attempt);
    Result<> on_sent(const model::Task& task, std::uint64_t number);
    void on_ponged(TaskId task, const ports::Ponged& report);
    /// The events up to this number are about to go.
    Result<> on_acknowledge(SessionId session, EventNumber number);
    /// A turn was rolled back: counts are those of the journal again.
    void recount();

private:
    struct Line {
        SessionId session;
        Attempt attempt;
        model::SocketTerms terms;
        bool is_open = false;
        model::Bulk received{};                            ///< in this attempt, and in the journal
        model::Bulk inbox{};                               ///< what is not acknowledged
        std::uint64_t handed = 0;                          ///< number of the last message that the ear has
        Bytes under_way = 0;                               ///< bytes of those that it has not sent
        std::list<std::pair<std::uint64_t, Bytes>> sizes;  ///< likewise, of each
        std::optional<model::CloseWord> goodbye;
        std::map<std::uint64_t, PingReply> pings;
    };

    Line* find(TaskId task);
    void hand_out(TaskId task);
    Result<> make_room(TaskId task, Line& line);
    void allow(TaskId task);
    Result<> count(TaskId task, Line& line) const;

    journal::Journal& journal_;
    Turn& turn_;
    SessionBook& book_;
    relaunch::EventPump& pump_;
    Doorways doorways_;
    std::unordered_map<TaskId, Line> lines_;
    std::uint64_t last_ping_ = 0;
};

}  // namespace haul::control
