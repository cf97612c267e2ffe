#include "leftovers.hpp"

#include <map>

namespace haul::cli {

Result<void> acknowledge_leftovers(const Client& client, const Session& session) {
    const auto events = session.events();
    if (!events) return tl::unexpected(events.error());

    std::map<TaskId, bool> forgotten;
    EventNumber last;
    for (const auto& event : *events) {
        const auto [place, is_new] = forgotten.try_emplace(event.task, false);
        if (is_new) {
            const auto task = client.find_task(event.task);
            place->second = !task && task.error().code == ErrorCode::NoSuchTask;
        }
        if (!place->second) break;
        last = event.number;
    }
    if (last == EventNumber{}) return {};
    return session.acknowledge(last);
}

}  // namespace haul::cli
