#pragma once

#include <sys/epoll.h>

#include <functional>
#include <memory>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/connection_pools.hpp"
#include "loop/mailbox.hpp"
#include "websocket/line.hpp"

namespace haul::websocket {

struct Connect {
    model::SocketRequest request;
};
/// Something for the line of this attempt, where it is still there.
struct Tell {
    TaskId task;
    Attempt attempt;
    std::function<void(Line&)> what;
};
struct Attach {
    TaskId task;
    UniqueFd socket;
    Bytes max_message;
};
struct Forget {
    TaskId task;
};
/// This machine has lost an address.
struct DropStranded {};
struct Quit {};
using Command = std::variant<Connect, Tell, Attach, Forget, DropStranded, Quit>;

/// The ear's thread: the lines of tasks that run, and the channels of tasks that have one. It sleeps until a
/// socket, a command or a line's time wakes it.
class Worker {
public:
    explicit Worker(Sinks sinks);

    /// Any thread.
    void post(Command command) { mailbox_.post(std::move(command)); }
    /// The thread's body; returns after Quit.
    void run();

private:
    /// A channel, and what epoll is asked to tell of it.
    struct OpenChannel {
        std::unique_ptr<Channel> channel;
        std::uint32_t events = 0;
        bool is_hung_up = false;  ///< its client has gone, but may have left something to read
        bool is_ending = false;   ///< its task has gone, but there may be something to hand over
    };

    bool serve_commands();
    void serve(const epoll_event& event);
    void connect(model::SocketRequest request);
    void attach(Attach command);
    void forget(const Forget& command);
    Line* find(TaskId task);
    Channel* find_channel(TaskId task);
    void read_channel(TaskId task);
    void finish_lines();
    void settle();
    void watch(TaskId task, OpenChannel& entry);
    void drop_channel(TaskId task);
    int wait_time() const;

    Sinks sinks_;
    UniqueFd epoll_;
    loop::Mailbox<Command> mailbox_;
    engine::ConnectionPools pools_;  // outlives the multi handle, whose closing looks into it
    SocketMulti multi_;
    std::unordered_map<TaskId, std::unique_ptr<Line>> lines_;
    std::unordered_map<TaskId, OpenChannel> channels_;
    std::optional<Instant> trim_at_;  ///< when to give back what handshakes took
};

}  // namespace haul::websocket
