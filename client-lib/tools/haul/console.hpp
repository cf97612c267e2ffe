#pragma once

#include <string>
#include <string_view>

#include "exit_code.hpp"
#include "haul/bus.hpp"
#include "haul/error.hpp"
#include "haul/types.hpp"

namespace haul::cli {

/// How results are written.
enum class Output {
    Text,  ///< for people
    Json,  ///< one document for each command, or one for each line of a stream
};

/// Colours of text for people.
enum class Colour { Plain, Good, Bad, Active, Faint };

/// Where the program talks to its user: results on standard output, everything else on standard error.
class Console {
public:
    Console(Bus bus, Output output);

    Output output() const { return output_; }
    const Bus& bus() const { return bus_; }

    /// Tells of an error and what to do about it, and returns the code to end with.
    ExitCode fail(const Error& error) const;
    /// The same, for one of several tasks.
    ExitCode fail(TaskId task, const Error& error) const;

    /// A line for people on standard error; nothing where the output is JSON.
    void note(std::string_view line) const;

    /// Text in a colour, where standard output is a terminal and NO_COLOR is not set.
    std::string coloured(Colour colour, std::string_view text) const;

    /// Writes out what was printed.
    Result<void> flush() const;

    /// A command to try, with the bus that this program was told to use: "haul --bus=system wait 12".
    std::string command(std::string_view arguments) const;

private:
    Bus bus_;
    Output output_;
    bool colours_;
};

}  // namespace haul::cli
