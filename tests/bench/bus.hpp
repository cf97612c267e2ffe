// A client's connection to the daemon, on plain sd-bus.
#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <memory>
#include <string>

#include "load.hpp"

namespace haul::bench {

inline constexpr char kName[] = "org.hauld1";
inline constexpr char kRoot[] = "/org/hauld1";
inline constexpr char kManager[] = "org.hauld1.Manager";
inline constexpr char kSession[] = "org.hauld1.Session";

struct BusClose {
    void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};
struct MessageUnref {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Bus = std::unique_ptr<sd_bus, BusClose>;
using Message = std::unique_ptr<sd_bus_message, MessageUnref>;

/// Ends the program where an sd-bus function returned a negative errno; else gives its result back.
int check(int result, const char* what);

/// Connects to the bus at the address, ready to call.
Bus open_bus(const std::string& address);

/// The path of the caller's session of that name, which is opened or made.
std::string open_session(sd_bus* bus, const char* identifier);

/// A method call to one of the daemon's objects, without arguments yet.
Message make_call(sd_bus* bus, const char* path, const char* interface, const char* member);

/// Appends a{sv} with a task's destination, or the file that it uploads, and "start" where it is to begin at
/// once.
enum class Begin { Suspended, AtOnce };
void append_options(sd_bus_message* message, const Load& load, std::uint64_t task, Begin begin);

/// Waits for news and handles it, until there is nothing left to handle.
void process_bus(sd_bus* bus);

}  // namespace haul::bench
