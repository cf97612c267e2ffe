#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "model/socket.hpp"

namespace haul::ports {

/// Messages that came in, in their order: never more than was allowed.
struct Received {
    std::vector<model::Message> messages;
};
/// This outgoing message, and all before it, were handed to the kernel.
struct Sent {
    std::uint64_t number = 0;
};
/// The answer to a ping.
struct Ponged {
    std::uint64_t ping = 0;
    Duration round_trip{};
};
/// The client wants to say goodbye, by the channel.
struct CloseAsked {
    model::CloseWord word;
};

/// What a WebSocket's connection brings besides the facts of its attempt, which are TransferReports: Opened,
/// Goodbye, Closed and Interrupted.
struct ChannelReport {
    TaskId task;
    Attempt attempt;
    std::variant<Received, Sent, Ponged, CloseAsked> what;
};
using ChannelSink = std::function<void(ChannelReport)>;

/// Where WebSockets are connected. Calls return at once; reports come later, on the core thread, through the
/// sinks that the implementation was made with. Each attempt that was begun has exactly one last report.
class Channels {
public:
    virtual ~Channels() = default;

    /// Begins an attempt: connects. Its messages go to the task's channel, where it has one.
    virtual void connect(model::SocketRequest request) = 0;
    /// Ends an attempt: the peer hears that we are going away. Its last report is an Interrupted, unless
    /// another one was under way.
    virtual void stop(TaskId task, Attempt attempt) = 0;
    /// Sends messages, in order; Sent tells how far they are.
    virtual void send(TaskId task, Attempt attempt, std::vector<model::OutgoingMessage> messages) = 0;
    /// Answers the peer's goodbye, which was told by a Goodbye: that is in the journal.
    virtual void answer_goodbye(TaskId task, Attempt attempt) = 0;
    /// Says goodbye behind what is being sent, and waits a while for the peer's.
    virtual void close(TaskId task, Attempt attempt, model::CloseWord word) = 0;
    /// Sends a ping, which its number tells from others.
    virtual void ping(TaskId task, Attempt attempt, std::uint64_t number) = 0;
    /// How much the attempt may report as Received in all, from its beginning; before the first call,
    /// nothing. What is more stays with the peer: one message may go over the bytes.
    virtual void allow(TaskId task, Attempt attempt, model::Bulk in_all) = 0;
    /// A channel for the task, in place of any that it has: from now on, its messages go there. Errors:
    /// LimitExceeded where there are no descriptors left.
    virtual Result<UniqueFd> open_channel(TaskId task, const model::SocketTerms& terms) = 0;
    /// The task has ended: so does its channel, when its client has read what waits there.
    virtual void forget(TaskId task) = 0;
};

}  // namespace haul::ports
