#pragma once

#include <systemd/sd-bus.h>

#include <functional>
#include <string>

#include "base/units.hpp"

namespace haul::bus {

/// A method of another program's.
struct Method {
    std::string destination;
    std::string path;
    std::string interface;
    std::string member;
};

/// What came back: a message, or the error as "NAME: TEXT".
struct Answer {
    sd_bus_message* message = nullptr;  ///< lives as long as the callback runs; nullptr: there was an error
    std::string error_name;
    std::string error_text;  ///< printable, and of bounded length
};

using OnAnswer = std::function<void(Answer)>;
using PutArguments = std::function<int(sd_bus_message*)>;

/// Makes a call and waits for nothing: the callback gets the answer from the loop later, exactly once, or at
/// once an error where the call can't be sent; where the connection ends before, it is dropped. sdbus-c++
/// ties such a call to a proxy, which may not go in its own callback.
void call(sd_bus* bus, const Method& method, Duration timeout, const PutArguments& arguments,
          OnAnswer on_answer);

/// Puts one string.
PutArguments with(const std::string& text);

}  // namespace haul::bus
