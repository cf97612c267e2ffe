#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ports/clients.hpp"

namespace haul::fakes {

/// Writes down what live clients are told, one line a signal: "CLIENT SIGNAL ARGUMENTS".
class FakeClients final : public ports::Clients {
public:
    std::vector<std::string> told;
    std::map<ports::ClientName, int> watched;  ///< how often each is
    std::function<void()> on_call = [] {};     ///< before anything is written down

    void events_available(const ports::ClientName& client, SessionId session, EventNumber first,
                          EventNumber last) override {
        tell(client, "events session=" + number(session) + " " + number(first) + "-" + number(last));
    }
    void all_events_delivered(const ports::ClientName& client, SessionId session, EventNumber last,
                              WakeNumber wake) override {
        tell(client, "all-delivered session=" + number(session) + " " + number(last) +
                         (wake.value == 0 ? "" : " wake=" + number(wake)));
    }
    void detached(const ports::ClientName& client, SessionId session, ports::Farewell why) override {
        tell(client, "detached session=" + number(session) +
                         (why == ports::Farewell::TakenOver ? " taken-over" : " invalidated"));
    }
    void progress(const ports::ClientName& client, TaskId task, Bytes done,
                  std::optional<Bytes> total) override {
        tell(client, "progress task=" + number(task) + " " + std::to_string(done) + "/" +
                         (total ? std::to_string(*total) : "?"));
    }
    void state_changed(const ports::ClientName& client, const model::Task& before,
                       const model::Task& after) override {
        tell(client, "state task=" + number(after.id) + " " + std::string{model::to_word(before.state)} +
                         " -> " + std::string{model::to_word(after.state)});
    }
    void watch(const ports::ClientName& client) override { ++watched[client]; }
    void unwatch(const ports::ClientName& client) override {
        if (--watched[client] == 0) watched.erase(client);
    }

private:
    static std::string number(auto id) { return std::to_string(id.value); }
    void tell(const ports::ClientName& client, const std::string& what) {
        on_call();
        told.push_back(client + " " + what);
    }
};

}  // namespace haul::fakes
