#pragma once

#include <poll.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "console.hpp"
#include "errand.hpp"
#include "exit_code.hpp"
#include "haul/channel.hpp"
#include "haul/web_socket_handle.hpp"
#include "message_cutter.hpp"
#include "socket_view.hpp"

namespace haul::cli {

/// How a program stays connected when its input has ended.
struct Linger {
    std::optional<std::chrono::milliseconds> silence =
        {};  ///< until nothing came for so long; absent: for ever
};

/// How `haul ws` talks.
struct Manners {
    MessageShape shape = MessageShape::Lines;
    MessageStyle style = MessageStyle::Lines;
    Talk talk = Talk::Usual;
    Bytes longest = 0;                  ///< no message that is sent may have more bytes
    std::optional<Linger> linger = {};  ///< absent: it closes with the end of the input
};

/// Sends what standard input has through a WebSocket's channel, and shows what comes, until the task ends. An
/// interrupt says goodbye: it ends the task, too.
class Conversation {
public:
    Conversation(const Console& console, const Company& company, WebSocketHandle task, Manners manners);

    ExitCode run();

private:
    enum class Input { Open, Ended, Closed };

    void talk(Channel& channel);
    void show(const ChannelMessage& message);
    bool wait(Channel& channel, pollfd& input);
    std::optional<std::chrono::milliseconds> time_to_wait() const;
    void read_input(Channel& channel);
    void queue(Channel& channel, const Cut& cut);
    void say_goodbye(Channel& channel, CloseCode code);
    void on_interrupt(Channel& channel);
    void look_at_task();
    ExitCode end(const TaskDetails& details);
    void fail(const Error& error);

    const Console& console_;
    const Company& company_;
    WebSocketHandle task_;
    Manners manners_;
    std::unique_ptr<SocketView> view_;
    MessageCutter cutter_;
    Input input_ = Input::Open;
    bool is_connected_ = false;
    bool is_interrupted_ = false;
    std::chrono::steady_clock::time_point last_news_;
    std::string standstill_;
    ExitCode code_ = ExitCode::Done;
};

}  // namespace haul::cli
