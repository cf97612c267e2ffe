#pragma once

#include <functional>
#include <memory>
#include <string>

#include "haul/bus.hpp"
#include "haul/client.hpp"
#include "haul/error.hpp"
#include "haul/executor.hpp"
#include "haul/export.hpp"
#include "haul/types.hpp"

namespace haul {

/// An application on the bus that can be launched because events wait for it: the owner of its well-known
/// name, with the object that the daemon calls (org.hauld1.Client). Destroying it gives the name back.
///
/// The bus starts the application by a service file with that name; a session names it as
/// SessionOptions::bus_name.
class HAUL_API Application {
public:
    /// Events of this session wait: attach to it, handle them, and complete the wake when it comes with the
    /// end of the queue. Called where the executor's callbacks run, after the daemon has its answer; again
    /// for the same wake where that was not completed in time. What it throws ends the program.
    using OnWake = std::function<void(const std::string& identifier, WakeNumber wake)>;

    /// InvalidArgument for what is no bus name, InvalidState where another program owns it. A name that goes
    /// with a bus that is restarted is taken again.
    static Result<Application> own(const Executor& executor, const std::string& bus_name, OnWake on_wake,
                                   const Bus& bus = Bus::session());
    /// The same over a Client's connection, as long as that lasts, from within Client::dispatch. The session
    /// is found by Client::find_session, also where it was invalidated.
    static Result<Application> own(const Client& client, const std::string& bus_name, OnWake on_wake);

private:
    explicit Application(std::shared_ptr<void> presence);

    std::shared_ptr<void> presence_;  ///< on the bus
};

}  // namespace haul
