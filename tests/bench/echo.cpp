// Answers to the daemon's name and creation calls with made-up task paths and keeps nothing: what the bus and
// both ends' message handling cost, and so the most that any daemon could reach. Prints a line once it has
// the name.
#include <cstdint>
#include <cstdio>
#include <string>

#include "bus.hpp"
#include "load.hpp"

namespace haul::bench {
namespace {

class Echo {
public:
    int create_one(sd_bus_message* call, sd_bus_error*) {
        const char* url = nullptr;
        check(sd_bus_message_read(call, "s", &url), "url");
        read_options(call);
        return sd_bus_reply_method_return(call, "o", next_path().c_str());
    }

    int create_many(sd_bus_message* call, sd_bus_error*) {
        sd_bus_message* raw = nullptr;
        check(sd_bus_message_new_method_return(call, &raw), "reply");
        const Message reply(raw);
        check(sd_bus_message_open_container(raw, 'a', "o"), "tasks");
        check(sd_bus_message_enter_container(call, 'a', "(ssa{sv})"), "requests");
        while (check(sd_bus_message_enter_container(call, 'r', "ssa{sv}"), "request") > 0) {
            const char* kind = nullptr;
            const char* url = nullptr;
            check(sd_bus_message_read(call, "ss", &kind, &url), "request");
            read_options(call);
            check(sd_bus_message_exit_container(call), "request");
            check(sd_bus_message_append(raw, "o", next_path().c_str()), "task");
        }
        check(sd_bus_message_close_container(raw), "tasks");
        return sd_bus_send(nullptr, raw, nullptr);
    }

    int open_session(sd_bus_message* call, sd_bus_error*) {
        return sd_bus_reply_method_return(call, "o", "/org/hauld1/session/1");
    }

private:
    static void read_options(sd_bus_message* call) {
        check(sd_bus_message_enter_container(call, 'a', "{sv}"), "options");
        while (check(sd_bus_message_enter_container(call, 'e', "sv"), "option") > 0) {
            const char* key = nullptr;
            const char* value = nullptr;
            check(sd_bus_message_read(call, "s", &key), "key");
            check(sd_bus_message_read(call, "v", "s", &value), "value");
            check(sd_bus_message_exit_container(call), "option");
        }
        check(sd_bus_message_exit_container(call), "options");
    }

    std::string next_path() { return "/org/hauld1/task/" + std::to_string(++last_); }

    std::uint64_t last_ = 0;
};

template <int (Echo::*method)(sd_bus_message*, sd_bus_error*)>
int forward(sd_bus_message* call, void* echo, sd_bus_error* error) noexcept {
    return (static_cast<Echo*>(echo)->*method)(call, error);
}

const sd_bus_vtable kManagerMethods[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("OpenSession", "sa{sv}", "o", forward<&Echo::open_session>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

const sd_bus_vtable kSessionMethods[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("CreateDownload", "sa{sv}", "o", forward<&Echo::create_one>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("CreateMany", "a(ssa{sv})", "ao", forward<&Echo::create_many>, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

}  // namespace
}  // namespace haul::bench

int main(int argc, char** argv) {
    using namespace haul::bench;
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s BUS-ADDRESS\n", argv[0]);
        return 2;
    }
    Echo echo;
    const auto bus = open_bus(argv[1]);
    check(sd_bus_add_object_vtable(bus.get(), nullptr, kRoot, kManager, kManagerMethods, &echo), kManager);
    check(sd_bus_add_object_vtable(bus.get(), nullptr, "/org/hauld1/session/1", kSession, kSessionMethods,
                                   &echo),
          kSession);
    check(sd_bus_request_name(bus.get(), kName, 0), kName);
    std::puts("ready");
    std::fflush(stdout);
    for (;;) process_bus(bus.get());
}
