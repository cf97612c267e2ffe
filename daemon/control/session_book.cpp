#include "control/session_book.hpp"

namespace haul::control {

Result<> SessionBook::load() {
    auto rows = TRY(journal_.sessions.all());
    auto counts = TRY(journal_.tasks.counts());
    sessions_.clear();
    by_name_.clear();
    tasks_of_.clear();
    for (auto& row : rows) keep(std::move(row), 0);
    for (auto [session, tasks] : counts) count_task(session, static_cast<std::int64_t>(tasks));
    return {};
}

void SessionBook::keep(journal::SessionRow row, std::uint64_t tasks) {
    auto id = row.id;
    by_name_[{row.owner, row.identifier}] = id;
    sessions_[id] = {std::move(row), tasks};
}

Session* SessionBook::find(SessionId session) {
    auto found = sessions_.find(session);
    return found == sessions_.end() ? nullptr : &found->second;
}

Session* SessionBook::find(OwnerId owner, const std::string& identifier) {
    auto found = by_name_.find({owner, identifier});
    return found == by_name_.end() ? nullptr : find(found->second);
}

Result<Session*> SessionBook::insert(journal::SessionRow row) {
    row.id = TRY(journal_.sessions.insert(row));
    auto id = row.id;
    keep(std::move(row), 0);
    return find(id);
}

std::vector<const Session*> SessionBook::of(OwnerId owner) const {
    std::vector<const Session*> found;
    for (const auto& [id, session] : sessions_)
        if (session.row.owner == owner) found.push_back(&session);
    return found;
}

std::uint64_t SessionBook::tasks_of(OwnerId owner) const {
    auto found = tasks_of_.find(owner);
    return found == tasks_of_.end() ? 0 : found->second;
}

void SessionBook::count_task(SessionId session, std::int64_t difference) {
    auto* counted = find(session);
    if (!counted) return;
    counted->tasks += static_cast<std::uint64_t>(difference);
    tasks_of_[counted->row.owner] += static_cast<std::uint64_t>(difference);
}

}  // namespace haul::control
