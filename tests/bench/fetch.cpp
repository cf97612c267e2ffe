// Creates downloads, or uploads, that start at once, and follows the session's events like an application
// until each has ended. The time runs from the first call until the last task's end has been read; a task
// that does not finish is an error.
#include <algorithm>
#include <string>
#include <string_view>

#include "bus.hpp"
#include "load.hpp"

namespace haul::bench {
namespace {

class Fetch {
public:
    Fetch(sd_bus* bus, const Load& load) : bus_(bus), load_(load), session_(open_session(bus, "bench")) {
        check(sd_bus_match_signal(bus_, nullptr, nullptr, session_.c_str(), kSession, "EventsAvailable",
                                  forward<&Fetch::on_events_available>, this),
              "sd_bus_match_signal");
        check(sd_bus_call_method(bus_, kName, session_.c_str(), kSession, "Attach", nullptr, nullptr, ""),
              "Attach");
    }

    /// Returns when every task has finished.
    void run() {
        for (std::uint64_t task = 0; task < load_.tasks; task += load_.lot)
            create(task, std::min<std::uint64_t>(load_.tasks, task + load_.lot));
        while (ended_ < load_.tasks) process_bus(bus_);
    }

    /// Lets the daemon forget the events.
    void acknowledge() {
        check(sd_bus_call_method(bus_, kName, session_.c_str(), kSession, "Acknowledge", nullptr, nullptr,
                                 "t", read_),
              "Acknowledge");
    }

private:
    template <void (Fetch::*method)(sd_bus_message*)>
    static int forward(sd_bus_message* message, void* self, sd_bus_error*) noexcept {
        if (const auto* error = sd_bus_message_get_error(message))
            fail(std::string(error->name) + ": " + error->message);
        (static_cast<Fetch*>(self)->*method)(message);
        return 1;
    }

    void create(std::uint64_t first, std::uint64_t end) {
        const auto call = make_call(bus_, session_.c_str(), kSession, "CreateMany");
        check(sd_bus_message_open_container(call.get(), 'a', "(ssa{sv})"), "requests");
        for (auto task = first; task < end; ++task) {
            check(sd_bus_message_open_container(call.get(), 'r', "ssa{sv}"), "request");
            check(sd_bus_message_append(call.get(), "ss", load_.kind.c_str(), load_.url_of(task).c_str()),
                  "request");
            append_options(call.get(), load_, task, Begin::AtOnce);
            check(sd_bus_message_close_container(call.get()), "request");
        }
        check(sd_bus_message_close_container(call.get()), "requests");
        check(sd_bus_call_async(bus_, nullptr, call.get(), forward<&Fetch::on_created>, this, UINT64_MAX),
              "CreateMany");
    }

    void on_created(sd_bus_message*) {}

    void on_events_available(sd_bus_message* signal) {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        check(sd_bus_message_read(signal, "tt", &first, &last), "EventsAvailable");
        available_ = std::max(available_, last);
        read_more();
    }

    void read_more() {
        if (reading_ || read_ >= available_) return;
        check(sd_bus_call_method_async(bus_, nullptr, kName, session_.c_str(), kSession, "GetEvents",
                                       forward<&Fetch::on_events>, this, "tu", read_, 0U),
              "GetEvents");
        reading_ = true;
    }

    void on_events(sd_bus_message* reply) {
        reading_ = false;
        check(sd_bus_message_enter_container(reply, 'a', "(ttsxa{sv})"), "events");
        while (check(sd_bus_message_enter_container(reply, 'r', "ttsxa{sv}"), "event") > 0) {
            std::uint64_t task = 0;
            const char* type = nullptr;
            check(sd_bus_message_read(reply, "tts", &read_, &task, &type), "event");
            check(sd_bus_message_skip(reply, "xa{sv}"), "event");
            check(sd_bus_message_exit_container(reply), "event");
            on_event(task, type);
        }
        read_more();
    }

    void on_event(std::uint64_t task, std::string_view type) {
        if (type == "completed") ++ended_;
        if (type == "failed" || type == "cancelled")
            fail("task " + std::to_string(task) + " ended with the event " + std::string(type));
    }

    sd_bus* bus_;
    const Load& load_;
    const std::string session_;
    std::uint64_t available_ = 0;  // highest number that the daemon spoke of
    std::uint64_t read_ = 0;       // highest number read
    std::uint64_t ended_ = 0;
    bool reading_ = false;  // one GetEvents at a time
};

}  // namespace
}  // namespace haul::bench

int main(int argc, char** argv) {
    using namespace haul::bench;
    const auto load = parse_load(argc, argv);
    const auto bus = open_bus(load.server);
    Fetch fetch(bus.get(), load);
    const Stopwatch stopwatch;
    fetch.run();
    stopwatch.report(load.tasks);
    fetch.acknowledge();
}
