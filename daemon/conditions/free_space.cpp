#include "conditions/free_space.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace haul::conditions {
namespace {

constexpr Duration kFirstPause = std::chrono::seconds{1};
constexpr Duration kLongestPause = std::chrono::seconds{30};
constexpr Bytes kNever = std::numeric_limits<Bytes>::max();  // of what shows no lack, such as a quota

/// What this process may write there (statvfs(3)). Of a directory that can't be asked as much as one likes:
/// who writes to it finds out what is wrong.
Bytes room_in(const std::string& directory) {
    struct statvfs info {};
    if (::statvfs(directory.c_str(), &info) != 0) return kNever;
    return (::geteuid() == 0 ? info.f_bfree : info.f_bavail) * info.f_frsize;
}

}  // namespace

FreeSpace::FreeSpace(loop::EventLoop& loop, Sinks sinks)
    : sinks_(std::move(sinks)), timer_(loop, loop::Timer::Kind::Elapsed, [this] { look(); }) {}

void FreeSpace::watch(const std::string& directory, Bytes wanted) {
    auto room = room_in(directory);
    bool was_short = is_short();
    bool is_new = enough_.insert_or_assign(directory, room < wanted ? wanted : kNever).second;
    if (!was_short || (is_new && pause_ > kFirstPause)) look_after(kFirstPause);
    if (!was_short) sinks_.on_change();
}

void FreeSpace::forget(const std::string& directory) {
    if (enough_.erase(directory) == 0 || is_short()) return;
    timer_.clear();
    sinks_.on_change();
}

void FreeSpace::look_after(Duration pause) {
    pause_ = pause;
    timer_.set_after(pause);
}

void FreeSpace::look() {
    std::vector<std::pair<std::string, Bytes>> found;
    for (const auto& [directory, enough] : enough_)
        if (auto room = room_in(directory); room >= enough) found.emplace_back(directory, room);
    for (const auto& [directory, room] : found) enough_.erase(directory);
    if (is_short()) look_after(std::min(2 * pause_, kLongestPause));
    for (const auto& [directory, room] : found) sinks_.on_room(directory, room);
    if (!found.empty() && !is_short()) sinks_.on_change();
}

}  // namespace haul::conditions
