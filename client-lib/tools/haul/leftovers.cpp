#include "leftovers.hpp"

#include <map>
#include <vector>

namespace haul::cli {

namespace {

/// The last of a page's events that lead up to the first of a task that there still is; 0 where that is the
/// very first.
EventNumber last_leftover(const Client& client, const std::vector<Event>& page) {
    std::map<TaskId, bool> forgotten;
    EventNumber last;
    for (const auto& event : page) {
        const auto [place, is_new] = forgotten.try_emplace(event.task, false);
        if (is_new) {
            const auto task = client.find_task(event.task);
            place->second = !task && task.error().code == ErrorCode::NoSuchTask;
        }
        if (!place->second) break;
        last = event.number;
    }
    return last;
}

}  // namespace

Result<void> acknowledge_leftovers(const Client& client, const SessionHandle& session) {
    while (true) {
        const auto page = session.events();
        if (!page) return tl::unexpected(page.error());
        const auto last = last_leftover(client, *page);
        if (last == EventNumber{}) return {};
        if (auto done = session.acknowledge(last); !done) return done;
        if (last != page->back().number) return {};
    }
}

}  // namespace haul::cli
