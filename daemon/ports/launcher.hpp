#pragma once

#include <string>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/unique_function.hpp"
#include "model/wake.hpp"

namespace haul::ports {

/// A wake that is due.
struct LaunchRequest {
    SessionId session;
    OwnerId owner;
    std::string identifier;
    WakeNumber wake;
    model::LaunchTarget target;
};

/// How a launch ended: with the program's answer, or not.
struct LaunchReport {
    SessionId session;
    WakeNumber wake;
    std::string error_text;  ///< "": the program has answered, or its unit is on its way
};

/// The way to programs that are not there. Nothing here waits for one.
class Launcher {
public:
    using Checked = UniqueFunction<void(Result<>)>;

    virtual ~Launcher() = default;

    /// Whether this owner may have this launched. Replies at once or later, on the core thread. Errors:
    /// InvalidArgument for what can't be launched, NotPermitted for what is another owner's.
    virtual void check(const model::LaunchTarget& target, OwnerId owner, Checked reply) = 0;
    /// Launches the program and hands the wake to it: by its name, and where that fails by its unit. There is
    /// one report for each, at once or later, on the core thread: the control's `on_launched`.
    virtual void launch(LaunchRequest request) = 0;
};

}  // namespace haul::ports
