#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "ports/space.hpp"

namespace haul::control {

/// Tasks that wait for room on a disk, by the directory that they write to.
class SpaceDesk {
public:
    explicit SpaceDesk(ports::Space& space) : space_(space) {}

    /// The task waits for room for so many more bytes there.
    void add(TaskId task, const std::string& directory, Bytes wanted);
    /// It does not, or no longer.
    void remove(TaskId task);
    /// There is so much room now: those that may find enough of it. They stay here until they are removed.
    std::vector<TaskId> find(const std::string& directory, Bytes room) const;
    /// Has the directory looked at for those that are left.
    void watch(const std::string& directory);

private:
    using Waiting = std::set<std::pair<Bytes, TaskId>>;

    ports::Space& space_;
    std::map<std::string, Waiting> waiting_;
    std::unordered_map<TaskId, std::pair<std::string, Bytes>> places_;
};

}  // namespace haul::control
