#pragma once

#include <memory>
#include <string>

#include "console.hpp"
#include "haul/channel.hpp"
#include "haul/details.hpp"
#include "haul/types.hpp"

namespace haul::cli {

/// Shows what a WebSocket tells. Messages are standard output's, and written out by Console::flush.
class SocketView {
public:
    virtual ~SocketView() = default;
    virtual void show_opened(const std::string& subprotocol) = 0;
    virtual void show_message(const ChannelMessage& message) = 0;
    virtual void show_closed(const Closed& closed) = 0;
    /// Why there is no connection, each time that the reason is another one.
    virtual void show_standstill(const std::string& why) = 0;
    virtual void show_end(const TaskDetails& details) = 0;
};

/// How messages are written.
enum class MessageStyle {
    Lines,     ///< text as it is, each message a line; binary ones are told of
    Terminal,  ///< the same for people: nothing in it steers the terminal
    Bytes,     ///< all as they are, with nothing in between
    Json,      ///< each event as `haul events --json` has it, but for the number
};

/// What is told beside messages and the task's end.
enum class Talk {
    Quiet,     ///< nothing
    Troubles,  ///< what keeps it from being connected
    Usual,     ///< each connection, too
};

std::unique_ptr<SocketView> make_socket_view(const Console& console, TaskId task, MessageStyle style,
                                             Talk talk);

}  // namespace haul::cli
