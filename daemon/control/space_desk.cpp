#include "control/space_desk.hpp"

namespace haul::control {

void SpaceDesk::add(TaskId task, const std::string& directory, Bytes wanted) {
    auto place = std::pair{directory, wanted};
    if (auto known = places_.find(task); known != places_.end() && known->second == place) return;
    remove(task);
    places_.emplace(task, std::move(place));
    auto& waiting = waiting_[directory];
    waiting.insert({wanted, task});
    if (waiting.begin()->second == task) watch(directory);
}

void SpaceDesk::remove(TaskId task) {
    auto known = places_.find(task);
    if (known == places_.end()) return;
    auto [directory, wanted] = std::move(known->second);
    places_.erase(known);
    auto& waiting = waiting_[directory];
    waiting.erase({wanted, task});
    if (!waiting.empty()) return;
    waiting_.erase(directory);
    space_.forget(directory);
}

std::vector<TaskId> SpaceDesk::find(const std::string& directory, Bytes room) const {
    std::vector<TaskId> found;
    auto known = waiting_.find(directory);
    if (known == waiting_.end()) return found;
    for (const auto& [wanted, task] : known->second) {
        if (wanted > room) break;
        found.push_back(task);
    }
    return found;
}

void SpaceDesk::watch(const std::string& directory) {
    auto known = waiting_.find(directory);
    if (known != waiting_.end()) space_.watch(directory, known->second.begin()->first);
}

}  // namespace haul::control
