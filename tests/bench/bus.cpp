#include "bus.hpp"

#include <cstring>

namespace haul::bench {

int check(int result, const char* what) {
    if (result < 0) fail(std::string(what) + ": " + std::strerror(-result));
    return result;
}

Bus open_bus(const std::string& address) {
    sd_bus* raw = nullptr;
    check(sd_bus_new(&raw), "sd_bus_new");
    Bus bus(raw);
    check(sd_bus_set_address(raw, address.c_str()), "sd_bus_set_address");
    check(sd_bus_set_bus_client(raw, 1), "sd_bus_set_bus_client");
    check(sd_bus_start(raw), "sd_bus_start");
    return bus;
}

std::string open_session(sd_bus* bus, const char* identifier) {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* raw = nullptr;
    const int result =
        sd_bus_call_method(bus, kName, kRoot, kManager, "OpenSession", &error, &raw, "sa{sv}", identifier, 0);
    const Message reply(raw);
    if (result < 0)
        fail(std::string("OpenSession: ") + (error.message ? error.message : std::strerror(-result)));
    const char* path = nullptr;
    check(sd_bus_message_read(raw, "o", &path), "OpenSession's reply");
    return path;
}

Message make_call(sd_bus* bus, const char* path, const char* interface, const char* member) {
    sd_bus_message* raw = nullptr;
    check(sd_bus_message_new_method_call(bus, &raw, kName, path, interface, member), member);
    return Message(raw);
}

void append_options(sd_bus_message* message, const Load& load, std::uint64_t task, Begin begin) {
    const auto* place = load.kind == "upload" ? "file" : "destination";
    const auto file = load.directory + "/" + load.file_of(task);
    if (begin == Begin::AtOnce) {
        check(sd_bus_message_append(message, "a{sv}", 2, place, "s", file.c_str(), "start", "b", 1),
              "options");
    } else {
        check(sd_bus_message_append(message, "a{sv}", 1, place, "s", file.c_str()), "options");
    }
}

void process_bus(sd_bus* bus) {
    check(sd_bus_wait(bus, UINT64_MAX), "sd_bus_wait");
    while (check(sd_bus_process(bus, nullptr), "sd_bus_process") > 0) {
    }
}

}  // namespace haul::bench
