#include "bus/bus.hpp"

#include <charconv>

namespace haul::bus {
namespace {

constexpr std::size_t kMostObjects = 256;  // about 5 KiB each
constexpr std::string_view kSessions = "/org/hauld1/session/";
constexpr std::string_view kTasks = "/org/hauld1/task/";

/// The number at the end of such a path; no value where there is none in its plain form.
std::optional<std::uint64_t> number_after(std::string_view prefix, std::string_view path) {
    if (!path.starts_with(prefix)) return std::nullopt;
    auto digits = path.substr(prefix.size());
    std::uint64_t number = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    bool is_plain = !digits.empty() && digits.front() != '0' && error == std::errc{} && end == digits.data() + digits.size();
    return is_plain ? std::optional{number} : std::nullopt;
}

}  // namespace

Bus::Bus(Connection& connection, control::Control& control, const std::string& version)
    : connection_(connection),
      door_(control),
      manager_(connection.get(), door_, version),
      match_(connection.get().addMatch("type='method_call'", [this](sdbus::Message& message) { before_call(message); })) {}

void Bus::before_call(sdbus::Message& message) {
    door_.set_caller(callers_.identify(message));
    auto path = message.getPath();
    if (path.starts_with(kTasks) || path.starts_with(kSessions)) {
        if (owns(path))
            offer(path);
        else
            withdraw(path);
    } else if (message.getMemberName() == "Introspect") {
        // It lists the objects below a path, and they are not all the caller's.
        by_path_.clear();
        recent_.clear();
    }
}

bool Bus::owns(const std::string& path) {
    const auto& caller = door_.caller();
    if (!caller) return false;
    if (auto task = number_after(kTasks, path)) return door_.control().owns_task(*caller, {*task});
    if (auto session = number_after(kSessions, path)) return door_.control().owns_session(*caller, {*session});
    return false;
}

void Bus::offer(const std::string& path) {
    if (auto known = by_path_.find(path); known != by_path_.end()) {
        recent_.splice(recent_.begin(), recent_, known->second);
        return;
    }
    Object object;
    if (auto task = number_after(kTasks, path))
        object = std::make_unique<TaskObject>(connection_.get(), door_, TaskId{*task});
    else if (auto session = number_after(kSessions, path))
        object = std::make_unique<SessionObject>(connection_.get(), door_, SessionId{*session});
    recent_.push_front({path, std::move(object)});
    by_path_[path] = recent_.begin();
    if (recent_.size() > kMostObjects) withdraw(std::string{recent_.back().path});
}

void Bus::withdraw(const std::string& path) {
    auto known = by_path_.find(path);
    if (known == by_path_.end()) return;
    recent_.erase(known->second);
    by_path_.erase(known);
}

}  // namespace haul::bus
