#pragma once

#include <functional>
#include <memory>
#include <string>

#include "haul/client.hpp"
#include "haul/error.hpp"
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
    /// Events of this session wait: attach to it (Client::find_session has it, also where it was invalidated
    /// and open_session refuses), handle them, and complete the wake when
    /// SessionSignals::all_events_delivered brings it. Called from within Client::dispatch, after the daemon
    /// has its answer; again for the same wake where that was not completed in time.
    using OnWake = std::function<void(const std::string& identifier, WakeNumber wake)>;

    /// InvalidArgument for what is no bus name, InvalidState where another program owns it.
    static Result<Application> own(const Client& client, const std::string& bus_name, OnWake on_wake);

    Application(Application&&) noexcept;
    Application& operator=(Application&&) noexcept;
    ~Application();

private:
    class Object;
    explicit Application(std::unique_ptr<Object> object);

    std::unique_ptr<Object> object_;
};

}  // namespace haul
