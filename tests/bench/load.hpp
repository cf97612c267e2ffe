// What a load generator is asked to do, and what it tells afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace haul::bench {

/// A number of tasks to create at a server, in a fixed number of calls that are under way at once.
struct Load {
    std::string server;       ///< D-Bus address, or the TCP port of a JSON-RPC server on 127.0.0.1
    std::uint64_t tasks = 1;  ///< tasks to create in all
    unsigned in_flight = 1;   ///< calls under way at once
    unsigned lot = 1;         ///< tasks a call; 1 uses the server's call for a single task
    std::string directory;  ///< absolute path of an existing directory that the tasks write to, or read from
    std::string url;        ///< what the URLs begin with; a task's number is appended
    std::string kind = "download";    ///< of the tasks; or "upload"
    std::string begin = "suspended";  ///< what they are at first; or "at-once"

    std::string url_of(std::uint64_t task) const { return url + std::to_string(task); }
    std::string file_of(std::uint64_t task) const { return "f" + std::to_string(task); }
};

/// Reads the command line; prints what is wrong and exits with 2 where it makes no sense.
Load parse_load(int argc, char** argv);

/// Measures from its construction on.
class Stopwatch {
public:
    /// Prints one line of JSON: tasks, seconds of wall time, seconds of processor time of this process.
    void report(std::uint64_t tasks) const;

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Prints the message and exits with 1: a benchmark that met an error has nothing to tell.
[[noreturn]] void fail(const std::string& message);

}  // namespace haul::bench
