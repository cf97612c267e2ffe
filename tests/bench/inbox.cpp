// Makes WebSocket tasks, and follows the session's events like an application until all are connected and so
// many messages were read and acknowledged. The time runs from the call that makes them.
#include <string>
#include <string_view>

#include "bus.hpp"
#include "conversation.hpp"
#include "load.hpp"

namespace haul::bench {
namespace {

class Reader {
public:
    Reader(sd_bus* bus, const Conversation& conversation)
        : bus_(bus), conversation_(conversation), session_(open_session(bus, "bench")) {
        check(sd_bus_match_signal(bus_, nullptr, nullptr, session_.c_str(), kSession, "EventsAvailable",
                                  nothing, nullptr),
              "sd_bus_match_signal");
        check(sd_bus_call_method(bus_, kName, session_.c_str(), kSession, "Attach", nullptr, nullptr, ""),
              "Attach");
    }

    void create() {
        const auto call = make_call(bus_, session_.c_str(), kSession, "CreateMany");
        check(sd_bus_message_open_container(call.get(), 'a', "(ssa{sv})"), "requests");
        for (std::uint64_t task = 0; task < conversation_.tasks; ++task)
            check(sd_bus_message_append(call.get(), "(ssa{sv})", "websocket", conversation_.url.c_str(), 1,
                                        "start", "b", 1),
                  "request");
        check(sd_bus_message_close_container(call.get()), "requests");
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message* raw = nullptr;
        if (sd_bus_call(bus_, call.get(), 0, &error, &raw) < 0)
            fail(std::string("CreateMany: ") + error.message);
        const Message reply(raw);
    }

    /// Returns when everything was read and acknowledged.
    void run() {
        while (opened_ < conversation_.tasks || messages_ < conversation_.messages) {
            if (!read_page()) process_bus(bus_);
        }
    }

private:
    static int nothing(sd_bus_message*, void*, sd_bus_error*) noexcept { return 1; }

    bool read_page() {
        sd_bus_message* raw = nullptr;
        check(sd_bus_call_method(bus_, kName, session_.c_str(), kSession, "GetEvents", nullptr, &raw, "tu",
                                 read_, 0U),
              "GetEvents");
        const Message page(raw);
        const auto before = read_;
        check(sd_bus_message_enter_container(raw, 'a', "(ttsxa{sv})"), "events");
        while (check(sd_bus_message_enter_container(raw, 'r', "ttsxa{sv}"), "event") > 0) {
            std::uint64_t task = 0;
            const char* type = nullptr;
            check(sd_bus_message_read(raw, "tts", &read_, &task, &type), "event");
            check(sd_bus_message_skip(raw, "xa{sv}"), "event");
            check(sd_bus_message_exit_container(raw), "event");
            count(type);
        }
        if (read_ == before) return false;
        check(sd_bus_call_method(bus_, kName, session_.c_str(), kSession, "Acknowledge", nullptr, nullptr,
                                 "t", read_),
              "Acknowledge");
        return true;
    }

    void count(std::string_view type) {
        if (type == "opened") ++opened_;
        if (type == "message") ++messages_;
        if (type == "failed" || type == "cancelled") fail("a task has " + std::string(type));
    }

    sd_bus* bus_;
    const Conversation& conversation_;
    const std::string session_;
    std::uint64_t read_ = 0;  // highest number
    std::uint64_t opened_ = 0;
    std::uint64_t messages_ = 0;
};

}  // namespace
}  // namespace haul::bench

int main(int argc, char** argv) {
    using namespace haul::bench;
    const auto conversation = parse_conversation(argc, argv);
    const auto bus = open_bus(conversation.server);
    Reader reader(bus.get(), conversation);
    const Stopwatch stopwatch;
    reader.create();
    reader.run();
    stopwatch.report(conversation.messages);
}
