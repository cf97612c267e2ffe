#include "bus/live_clients.hpp"

#include "base/log.hpp"
#include "bus/paths.hpp"

namespace haul::bus {
namespace {

constexpr const char* kNameLost =
    "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/"
    "DBus',interface='org.freedesktop.DBus',"
    "member='NameOwnerChanged',arg2=''";
constexpr const char* kBusDriver = "org.freedesktop.DBus";
constexpr Duration kBurst = std::chrono::milliseconds{25};
constexpr std::size_t kMostHeld = 1000;
constexpr Duration kUnwatchDelay = std::chrono::seconds{1};

/// One entry of an a{sv} that is open in the message: cheaper than a map of variants.
template <class T>
void put(sdbus::Message& message, const char* key, const char* type, const T& value) {
    message.openDictEntry("sv");
    message << std::string{key};
    message.openVariant(type);
    message << value;
    message.closeVariant();
    message.closeDictEntry();
}

}  // namespace

LiveClients::LiveClients(loop::EventLoop& loop, Connection& connection)
    : connection_(connection),
      burst_timer_(loop, loop::Timer::Kind::Elapsed, [this] { send_held(); }),
      unwatch_timer_(loop, loop::Timer::Kind::Elapsed, [this] {
          if (lines_.empty()) name_watch_.reset();
      }) {}

void LiveClients::hold_back() {
    if (!std::exchange(is_burst_, true)) burst_timer_.set_after(kBurst);
}

/// The burst is over, or so long that it is told in parts.
void LiveClients::send_held() {
    is_burst_ = false;
    for (const auto& [task, change] : std::exchange(changes_, {})) send_change(change);
    for (const auto& [queue, range] : std::exchange(available_, {}))
        if (range) events_available(queue.first, queue.second, range->first, range->second);
}

ClientLine* LiveClients::line_of(const ports::ClientName& client) {
    auto found = lines_.find(client);
    return found == lines_.end() ? nullptr : found->second.get();
}

template <class Fill>
void LiveClients::send(const ports::ClientName& client, const std::string& path, const std::string& interface,
                       const std::string& member, Fill&& fill) {
    try {
        auto object = sdbus::createObject(connection_.get(), path);
        auto signal = object->createSignal(interface, member);
        fill(signal);
        signal.setDestination(client);
        signal.send();
    } catch (const sdbus::Error& error) {
        log::debug("bus: a signal can't be sent: {}", error.getMessage());
    }
}

void LiveClients::events_available(const ports::ClientName& client, SessionId session, EventNumber first,
                                   EventNumber last) {
    auto [told, is_first] = available_.insert({{client, session}, std::nullopt});
    hold_back();
    if (is_first)
        send_available(client, session, {first, last});
    else
        told->second = {first, last};
}

void LiveClients::send_available(const ports::ClientName& client, SessionId session, const Range& range) {
    auto* line = line_of(client);
    if (!line) return;
    if (line->take_credit())
        send(client, session_path(session), "org.hauld1.Session", "EventsAvailable",
             [&](sdbus::Signal& signal) { signal << range.first.value << range.second.value; });
    else
        line->missed.available[session] = range;
}

void LiveClients::all_events_delivered(const ports::ClientName& client, SessionId session, EventNumber last,
                                       WakeNumber wake) {
    available_.erase({client, session});  // whatever was held back of it is handled
    auto* line = line_of(client);
    if (!line) return;
    if (line->take_credit())
        send(client, session_path(session), "org.hauld1.Session", "AllEventsDelivered",
             [&](sdbus::Signal& signal) { signal << last.value << wake.value; });
    else
        line->missed.delivered[session] = {last, wake};
}

/// Told also to a client without credit: there is no next one that would stand for it.
void LiveClients::detached(const ports::ClientName& client, SessionId session, ports::Farewell why) {
    available_.erase({client, session});
    if (auto* line = line_of(client)) line->missed.forget(session);
    send(client, session_path(session), "org.hauld1.Session", "Detached", [&](sdbus::Signal& signal) {
        signal << std::string{why == ports::Farewell::TakenOver ? "taken-over" : "invalidated"};
    });
}

/// The client answers again: it gets the latest of what it missed.
void LiveClients::catch_up(const ports::ClientName& client) {
    auto* line = line_of(client);
    if (!line) return;
    auto missed = std::exchange(line->missed, {});
    for (const auto& [session, drained] : missed.delivered)
        all_events_delivered(client, session, drained.first, drained.second);
    for (const auto& [session, range] : missed.available)
        events_available(client, session, range.first, range.second);
}

void LiveClients::progress(const ports::ClientName& client, TaskId task, Bytes done,
                           std::optional<Bytes> total) {
    if (auto held = changes_.find(task); held != changes_.end()) {  // first that it runs
        send_change(held->second);
        changes_.erase(held);
    }
    auto* line = line_of(client);
    if (!line || !line->take_credit()) return;
    send(client, task_path(task), "org.hauld1.Task", "Progress", [&](sdbus::Signal& signal) {
        signal << done << (total ? static_cast<std::int64_t>(*total) : std::int64_t{-1});
    });
}

void LiveClients::state_changed(const ports::ClientName& client, const model::Task& before,
                                const model::Task& after) {
    auto held = changes_.find(after.id);
    Change change{client, held == changes_.end() ? before : held->second.before, after};
    if (held != changes_.end()) changes_.erase(held);
    if (model::is_terminal(after.state) || changes_.size() >= kMostHeld) {
        send_change(change);
        return;
    }
    changes_[after.id] = std::move(change);
    hold_back();
}

void LiveClients::send_change(const Change& change) {
    const auto& before = change.before;
    const auto& after = change.after;
    auto* line = line_of(change.client);
    if (!line || !line->take_credit()) return;
    send(change.client, task_path(after.id), "org.freedesktop.DBus.Properties", "PropertiesChanged",
         [&](sdbus::Signal& signal) {
             signal << std::string{"org.hauld1.Task"};
             signal.openContainer("{sv}");
             if (before.state != after.state)
                 put(signal, "State", "s", std::string{model::to_word(after.state)});
             if (before.reason != after.reason)
                 put(signal, "Reason", "s", std::string{model::to_word(after.reason)});
             if (before.blocked != after.blocked)
                 put(signal, "BlockedBy", "as", model::to_words(after.blocked));
             signal.closeContainer();
             signal << std::vector<std::string>{};
         });
}

void LiveClients::watch(const ports::ClientName& client) {
    auto& line = lines_[client];
    if (!line)
        line = std::make_unique<ClientLine>(connection_.get(), client, [this, client] { catch_up(client); });
    ++line->watches;
    if (name_watch_) return;
    try {
        name_watch_ = connection_.get().addMatch(kNameLost, [this](sdbus::Message& message) {
            // The rule alone lets one pass that another client has sent to us.
            if (message.getSender() != kBusDriver) return;
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
