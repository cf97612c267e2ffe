#pragma once

#include <string>
#include <string_view>

#include "haul/export.hpp"

namespace haul {

/// Which message bus to look for the daemon on.
struct HAUL_API Bus {
    enum class Kind {
        Session,  ///< $DBUS_SESSION_BUS_ADDRESS, else $XDG_RUNTIME_DIR/bus
        System,   ///< $DBUS_SYSTEM_BUS_ADDRESS, else the well-known socket
        Address,
    };

    Kind kind = Kind::Session;
    std::string address = {};  ///< as in the D-Bus specification, such as "unix:path=/run/x/bus"

    static Bus session() { return {}; }
    static Bus system() { return {.kind = Kind::System}; }
    static Bus at(std::string address) { return {.kind = Kind::Address, .address = std::move(address)}; }

    /// "session", "system", or else an address.
    static Bus parse(std::string_view text);

    /// For messages: "the session bus", "the bus at unix:path=…".
    std::string to_string() const;
};

}  // namespace haul
