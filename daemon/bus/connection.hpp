#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "loop/event_loop.hpp"

namespace haul::bus {

/// Connects to the "session" or the "system" bus, or to an address. Errors: NotPermitted with the reason.
Result<std::unique_ptr<sdbus::IConnection>> connect(const std::string& where);

/// A D-Bus connection that is served by the core thread's loop. What differs between versions of sdbus-c++
/// stands here and in values.cpp.
class Connection {
public:
    /// `on_lost` is called once, when the bus has closed the connection.
    Connection(loop::EventLoop& loop, std::unique_ptr<sdbus::IConnection> connection,
               std::function<void()> on_lost);

    sdbus::IConnection& get() { return *connection_; }
    /// Takes the name. Errors: LimitExceeded where somebody else has it.
    Result<> request_name(const std::string& name);
    /// Gives the name back and serves what came before.
    void release_name(const std::string& name);

private:
    void prepare();
    void process();

    std::unique_ptr<sdbus::IConnection> connection_;
    std::function<void()> on_lost_;
    std::unique_ptr<loop::IoSource> io_;
    loop::Timer timer_;
    bool is_lost_ = false;
};

}  // namespace haul::bus
