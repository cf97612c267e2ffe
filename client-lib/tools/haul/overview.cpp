#include "overview.hpp"

#include <algorithm>
#include <utility>

namespace haul::cli {

namespace {

using Sessions = std::vector<SessionSummary>;

/// The details of a task; nothing where it is gone meanwhile.
Result<std::optional<TaskDetails>> details_of(const Client& client, TaskId id) {
    auto details = client.task(id).details();
    if (details) return std::optional(std::move(*details));
    if (details.error().code == ErrorCode::NoSuchTask) return std::nullopt;
    return tl::unexpected(std::move(details.error()));
}

Result<void> add_active(Overview& overview, const Client& client, const Sessions& sessions) {
    for (const auto state : {TaskState::Running, TaskState::Publishing}) {
        for (const auto& summary : sessions) {
            // The daemon counts them all; most sessions have none.
            const auto left = std::min<std::size_t>(overview.active, kMostShown) - overview.running.size();
            if (left == 0) return {};
            if (summary.tasks == 0) continue;
            const auto page =
                summary.session.tasks({.state = state, .max = static_cast<std::uint32_t>(left)});
            if (!page) return tl::unexpected(page.error());
            for (const auto& task : *page) {
                auto details = details_of(client, task.id);
                if (!details) return tl::unexpected(std::move(details.error()));
                if (*details) overview.running.push_back(std::move(**details));
            }
        }
    }
    return {};
}

Result<void> add_waiting(Overview& overview, const SessionHandle& session) {
    WaitingQuery query;
    while (overview.waiting < kMostCounted) {
        const auto page = session.waiting(query);
        if (!page) return tl::unexpected(page.error());
        for (const auto& task : *page) count_waiting(overview, task);
        if (page->size() < query.max) return {};
        query.after = page->back().id;
    }
    overview.is_counted = false;
    return {};
}

}  // namespace

void count_waiting(Overview& overview, const WaitingTask& task) {
    ++overview.waiting;
    for (const auto& word : task.blocked_by) {
        auto& group = overview.reasons[word];
        ++group.tasks;
        if (task.next_attempt)
            group.next_attempt =
                std::min(group.next_attempt.value_or(*task.next_attempt), *task.next_attempt);
    }
}

Result<Overview> look_over(const Client& client) {
    auto conditions = client.conditions();
    if (!conditions) return tl::unexpected(std::move(conditions.error()));
    auto limits = client.limits();
    if (!limits) return tl::unexpected(std::move(limits.error()));
    auto sessions = client.sessions();
    if (!sessions) return tl::unexpected(std::move(sessions.error()));
    auto active = client.active_tasks();
    if (!active) return tl::unexpected(std::move(active.error()));

    Overview overview{.conditions = std::move(*conditions), .limits = std::move(*limits), .active = *active};
    if (auto done = add_active(overview, client, *sessions); !done) return tl::unexpected(done.error());
    for (const auto& summary : *sessions) {
        if (summary.tasks == 0) continue;
        if (auto done = add_waiting(overview, summary.session); !done) return tl::unexpected(done.error());
    }
    return overview;
}

}  // namespace haul::cli
