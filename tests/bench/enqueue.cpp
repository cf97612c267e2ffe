// Creates downloads at the daemon with a fixed number of calls under way at once: CreateDownload,
// or CreateMany where a lot has more than one task. Each reply is checked to name a task.
#include <algorithm>
#include <string>

#include "bus.hpp"
#include "load.hpp"

namespace haul::bench {
namespace {

class Enqueue {
public:
    Enqueue(sd_bus* bus, const Load& load) : bus_(bus), load_(load), session_(open_session(bus, "bench")) {}

    /// Returns when every task's reply is there.
    void run() {
        top_up();
        while (created_ < load_.tasks) process_bus(bus_);
    }

private:
    void top_up() {
        while (under_way_ < load_.in_flight && asked_ < load_.tasks) send();
    }

    void send() {
        const auto count = std::min<std::uint64_t>(load_.lot, load_.tasks - asked_);
        const auto call =
            make_call(bus_, session_.c_str(), kSession, load_.lot == 1 ? "CreateDownload" : "CreateMany");
        if (load_.lot == 1) {
            append_task(call.get(), asked_);
        } else {
            check(sd_bus_message_open_container(call.get(), 'a', "(ssa{sv})"), "requests");
            for (auto task = asked_; task < asked_ + count; ++task) {
                check(sd_bus_message_open_container(call.get(), 'r', "ssa{sv}"), "request");
                check(sd_bus_message_append(call.get(), "s", "download"), "kind");
                append_task(call.get(), task);
                check(sd_bus_message_close_container(call.get()), "request");
            }
            check(sd_bus_message_close_container(call.get()), "requests");
        }
        check(sd_bus_call_async(bus_, nullptr, call.get(), on_reply, this, UINT64_MAX), "sd_bus_call_async");
        asked_ += count;
        ++under_way_;
    }

    void append_task(sd_bus_message* call, std::uint64_t task) const {
        check(sd_bus_message_append(call, "s", load_.url_of(task).c_str()), "url");
        append_options(call, load_, task, load_.begin == "at-once" ? Begin::AtOnce : Begin::Suspended);
    }

    static int on_reply(sd_bus_message* reply, void* self, sd_bus_error*) noexcept {
        static_cast<Enqueue*>(self)->count(reply);
        return 1;
    }

    void count(sd_bus_message* reply) {
        if (const auto* error = sd_bus_message_get_error(reply))
            fail(std::string(error->name) + ": " + error->message);
        const char* path = nullptr;
        if (load_.lot == 1) {
            check(sd_bus_message_read(reply, "o", &path), "CreateDownload's reply");
            ++created_;
        } else {
            check(sd_bus_message_enter_container(reply, 'a', "o"), "CreateMany's reply");
            while (check(sd_bus_message_read(reply, "o", &path), "CreateMany's reply") > 0) ++created_;
        }
        --under_way_;
        top_up();
    }

    sd_bus* bus_;
    const Load& load_;
    const std::string session_;
    std::uint64_t asked_ = 0;
    std::uint64_t created_ = 0;
    unsigned under_way_ = 0;
};

}  // namespace
}  // namespace haul::bench

int main(int argc, char** argv) {
    using namespace haul::bench;
    const auto load = parse_load(argc, argv);
    const auto bus = open_bus(load.server);
    Enqueue enqueue(bus.get(), load);
    const Stopwatch stopwatch;
    enqueue.run();
    stopwatch.report(load.tasks);
}
