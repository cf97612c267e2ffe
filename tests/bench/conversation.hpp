// What a client of WebSockets is asked to do.
#pragma once

#include <cstdint>
#include <string>

namespace haul::bench {

/// A number of messages of one size, sent to a server that sends each of them back, or awaited from it.
struct Conversation {
    std::string server;           ///< D-Bus address of the daemon; "" where there is none between
    std::string url;              ///< ws://127.0.0.1:PORT/PATH
    std::uint64_t tasks = 1;      ///< connections
    std::uint64_t messages = 0;   ///< in all
    std::uint64_t size = 0;       ///< bytes of each
    std::uint64_t in_flight = 1;  ///< messages that are sent and not back yet, at most
};

/// Reads the command line; prints what is wrong and exits with 2 where it makes no sense.
Conversation parse_conversation(int argc, char** argv);

}  // namespace haul::bench
