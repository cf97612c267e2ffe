#include "bus/live_clients.hpp"

#include "base/log.hpp"
#include "control/details.hpp"

namespace haul::bus {
namespace {

constexpr const char* kNameLost =
    "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',interface='org.freedesktop.DBus',"
    "member='NameOwnerChanged',arg2=''";
constexpr Duration kUnwatchDelay = std::chrono::seconds{1};

std::string session_path(SessionId session) { return "/org/hauld1/session/" + std::to_string(session.value); }
std::string task_path(TaskId task) { return "/org/hauld1/task/" + std::to_string(task.value); }

}  // namespace

LiveClients::LiveClients(loop::EventLoop& loop, Connection& connection)
    : connection_(connection), unwatch_timer_(loop, loop::Timer::Kind::Elapsed, [this] {
          if (lines_.empty()) name_watch_.reset();
      }) {}

ClientLine* LiveClients::line_of(const ports::ClientName& client) {
    auto found = lines_.find(client);
    return found == lines_.end() ? nullptr : found->second.get();
}

template <class... Args>
void LiveClients::send(const ports::ClientName& client, const std::string& path, const std::string& interface,
                       const std::string& member, const Args&... args) {
    try {
        auto object = sdbus::createObject(connection_.get(), path);
        auto signal = object->createSignal(interface, member);
        (signal << ... << args);
        signal.setDestination(client);
        signal.send();
    } catch (const sdbus::Error& error) {
        log::debug("bus: a signal can't be sent: {}", error.getMessage());
    }
}

void LiveClients::events_available(const ports::ClientName& client, SessionId session, EventNumber first,
                                   EventNumber last) {
    auto* line = line_of(client);
    if (!line) return;
    if (line->take_credit())
        send(client, session_path(session), "org.hauld1.Session", "EventsAvailable", first.value, last.value);
    else
        line->missed.available[session] = {first, last};
}

void LiveClients::all_events_delivered(const ports::ClientName& client, SessionId session, EventNumber last) {
    auto* line = line_of(client);
    if (!line) return;
    if (line->take_credit())
        send(client, session_path(session), "org.hauld1.Session", "AllEventsDelivered", last.value, std::uint64_t{0});
    else
        line->missed.delivered[session] = last;
}

/// The client answers again: it gets the latest of what it missed.
void LiveClients::catch_up(const ports::ClientName& client) {
    auto* line = line_of(client);
    if (!line) return;
    auto missed = std::exchange(line->missed, {});
    for (const auto& [session, last] : missed.delivered) all_events_delivered(client, session, last);
    for (const auto& [session, range] : missed.available) events_available(client, session, range.first, range.second);
}

void LiveClients::progress(const ports::ClientName& client, TaskId task, Bytes done, std::optional<Bytes> total) {
    auto* line = line_of(client);
    if (!line || !line->take_credit()) return;
    send(client, task_path(task), "org.hauld1.Task", "Progress", done,
         total ? static_cast<std::int64_t>(*total) : std::int64_t{-1});
}

void LiveClients::state_changed(const ports::ClientName& client, const model::Task& task) {
    auto* line = line_of(client);
    if (!line || !line->take_credit()) return;
    Dictionary changed{{"State", sdbus::Variant{std::string{model::to_word(task.state)}}},
                       {"Reason", sdbus::Variant{std::string{model::to_word(task.reason)}}},
                       {"BlockedBy", sdbus::Variant{control::blocked_words(task.blocked)}}};
    send(client, task_path(task.id), "org.freedesktop.DBus.Properties", "PropertiesChanged", std::string{"org.hauld1.Task"},
         changed, std::vector<std::string>{});
}

void LiveClients::watch(const ports::ClientName& client) {
    auto& line = lines_[client];
    if (!line) line = std::make_unique<ClientLine>(connection_.get(), client, [this, client] { catch_up(client); });
    ++line->watches;
    if (name_watch_) return;
    try {
        name_watch_ = connection_.get().addMatch(kNameLost, [this](sdbus::Message& message) {
            std::string name;
            message >> name;
            on_name_lost(name);
        });
    } catch (const sdbus::Error& error) {
        log::error("bus: clients can't be watched: {}", error.getMessage());
    }
    // It may have left before the watch began.
    if (!is_connected(client)) on_name_lost(client);
}

void LiveClients::unwatch(const ports::ClientName& client) {
    auto found = lines_.find(client);
    if (found == lines_.end() || --found->second->watches > 0) return;
    lines_.erase(found);
    if (lines_.empty()) unwatch_timer_.set_after(kUnwatchDelay);
}

void LiveClients::on_name_lost(const std::string& name) {
    auto found = lines_.find(name);
    if (found == lines_.end()) return;
    auto line = std::move(found->second);  // lives until the end of this call
    lines_.erase(found);
    on_gone_(name);
    if (lines_.empty()) unwatch_timer_.set_after(kUnwatchDelay);
}

bool LiveClients::is_connected(const ports::ClientName& client) {
    try {
        auto bus = sdbus::createProxy(connection_.get(), "org.freedesktop.DBus", "/org/freedesktop/DBus");
        auto call = bus->createMethodCall("org.freedesktop.DBus", "NameHasOwner");
        call << client;
        auto reply = bus->callMethod(call, 0);
        bool has_owner = false;
        reply >> has_owner;
        return has_owner;
    } catch (const sdbus::Error& error) {
        log::debug("bus: {}", error.getMessage());
        return true;
    }
}

}  // namespace haul::bus
