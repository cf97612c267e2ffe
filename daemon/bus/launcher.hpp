#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <functional>
#include <memory>
#include <string>

#include "bus/outgoing_call.hpp"
#include "ports/launcher.hpp"

namespace haul::bus {

/// Launches applications by their bus names (D-Bus specification, "Message Bus Starting Services") and, by
/// way of systemd, by their units (org.freedesktop.systemd1(5)).
///
/// A name may change hands at any time. So each launch asks who owns it now, has it started where nobody
/// does, and calls that very connection, if it is the session owner's own.
class Launcher final : public ports::Launcher {
public:
    using OnLaunched = std::function<void(const ports::LaunchReport&)>;

    /// `self` is whose units can be started: the daemon's own user. A client that is launched has `timeout`
    /// to answer.
    Launcher(sdbus::IConnection& connection, OwnerId self, Duration timeout, OnLaunched on_launched);

    void check(const model::LaunchTarget& target, OwnerId owner, Checked reply) override;
    void launch(ports::LaunchRequest request) override;

private:
    using Pending = std::shared_ptr<const ports::LaunchRequest>;
    /// A connection's own name, or an error.
    using OnOwner = std::function<void(Result<std::string>)>;

    void find_owner(const std::string& name, OwnerId owner, OnOwner on_owner);
    void check_owner(const std::string& connection, const std::string& name, OwnerId owner, OnOwner on_owner);
    void check_activatable(const std::string& name, std::function<void(Result<>)> reply);
    void check_unit(const std::string& unit, OwnerId owner, std::function<void(Result<>)> reply);
    void start_name(const Pending& request);
    void hand_over(const Pending& request, const std::string& connection);
    void start_unit(const Pending& request, const std::string& trouble);
    void report(const Pending& request, std::string error_text);

    sd_bus* bus_;
    OwnerId self_;
    Duration timeout_;
    OnLaunched on_launched_;
};

}  // namespace haul::bus
