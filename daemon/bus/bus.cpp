#include "bus/bus.hpp"

#include <charconv>
#include <iterator>

namespace haul::bus {
namespace {

constexpr std::size_t kMostObjects = 256;  // about 5 KiB each
constexpr std::string_view kSessions = "/org/hauld1/session/";
constexpr std::string_view kTasks = "/org/hauld1/task/";
constexpr std::string_view kSessionsNode = "/org/hauld1/session";
constexpr std::string_view kTasksNode = "/org/hauld1/task";

/// What stands at the path of a WebSocket.
struct WebSocketTask {
    WebSocketTask(sdbus::IConnection& connection, FrontDoor& door, TaskId id)
        : task(connection, door, id), socket(connection, door, id) {}
    TaskObject task;
    WebSocketObject socket;
};

/// The number at the end of such a path; no value where there is none in its plain form.
std::optional<std::uint64_t> number_after(std::string_view prefix, std::string_view path) {
    if (!path.starts_with(prefix)) return std::nullopt;
    auto digits = path.substr(prefix.size());
    std::uint64_t number = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    bool is_plain = !digits.empty() && digits.front() != '0' && error == std::errc{} &&
                    end == digits.data() + digits.size();
    return is_plain ? std::optional{number} : std::nullopt;
}

}  // namespace

Bus::Bus(Connection& connection, control::Control& control, const std::string& version)
    : connection_(connection),
      door_(control),
      manager_(connection.get(), door_, version),
      filter_(connection.get(), [this](sd_bus_message* message) { return before_call(message); }) {}

MessageFilter::Verdict Bus::before_call(sd_bus_message* message) {
    if (sd_bus_message_is_method_call(message, nullptr, nullptr) <= 0) return MessageFilter::Verdict::Pass;
    auto caller = callers_.identify(message);
    std::string path = sd_bus_message_get_path(message);
    if (path == kSessionsNode || path == kTasksNode) {
        // Introspect would list the objects below, and they are not all the caller's.
        sd_bus_reply_method_errorf(message, SD_BUS_ERROR_UNKNOWN_OBJECT, "Unknown object '%s'.",
                                   path.c_str());
        return MessageFilter::Verdict::Answered;
    }
    std::shared_ptr<void> object;
    if (path.starts_with(kTasks) || path.starts_with(kSessions)) {
        if (!caller || !owns(*caller, path)) {
            sd_bus_reply_method_errorf(message, SD_BUS_ERROR_UNKNOWN_OBJECT, "Unknown object '%s'.",
                                       path.c_str());
            return MessageFilter::Verdict::Answered;
        }
        object = offer(path);
    }
    door_.set_call(std::move(caller), std::move(object), message);
    return MessageFilter::Verdict::Pass;
}

bool Bus::owns(const control::Caller& caller, const std::string& path) {
    if (auto task = number_after(kTasks, path)) return door_.control().owns_task(caller, {*task});
    if (auto session = number_after(kSessions, path)) return door_.control().owns_session(caller, {*session});
    return false;
}

std::shared_ptr<void> Bus::offer(const std::string& path) {
    if (auto known = by_path_.find(path); known != by_path_.end()) {
        recent_.splice(recent_.begin(), recent_, known->second);
        return recent_.front().object;
    }
    std::shared_ptr<void> object;
    auto task = number_after(kTasks, path);
    if (task && door_.control().is_web_socket({*task}))
        object = std::make_shared<WebSocketTask>(connection_.get(), door_, TaskId{*task});
    else if (task)
        object = std::make_shared<TaskObject>(connection_.get(), door_, TaskId{*task});
    else if (auto session = number_after(kSessions, path))
        object = std::make_shared<SessionObject>(connection_.get(), door_, SessionId{*session});
    recent_.push_front({path, object});
    by_path_[path] = recent_.begin();
    if (recent_.size() > kMostObjects) withdraw_oldest();
    return object;
}

/// Takes away the least recently used object that nothing waits for.
void Bus::withdraw_oldest() {
    for (auto entry = std::prev(recent_.end()); entry != recent_.begin(); --entry) {
        if (entry->object.use_count() > 1) continue;
        by_path_.erase(entry->path);
        recent_.erase(entry);
        return;
    }
}

}  // namespace haul::bus
