#include "control/session_book.hpp"

#include "control/stored_options.hpp"

namespace haul::control {
namespace {

void read_options(Session& session) {
    auto options = load_options(session.row.options, model::OptionScope::Session);
    session.wake = options.wake.value_or(model::WakePolicy::WhenAllDone);
    session.max_rate = options.max_rate;
    session.target = {.bus_name = options.bus_name.value_or(""), .unit = options.unit.value_or("")};
}

}  // namespace

Result<> SessionBook::load() {
    auto rows = TRY(journal_.sessions.all());
    auto counts = TRY(journal_.tasks.counts());
    sessions_.clear();
    by_name_.clear();
    tasks_of_.clear();
    for (auto& row : rows) keep(std::move(row));
    for (const auto& count : counts) {
        count_task(count.session, static_cast<std::int64_t>(count.tasks));
        count_work(count.session, static_cast<std::int64_t>(count.work));
    }
    return {};
}

void SessionBook::keep(journal::SessionRow row) {
    auto id = row.id;
    by_name_[{row.owner, row.identifier}] = id;
    auto& session = sessions_[id];
    session.row = std::move(row);
    read_options(session);
}

Result<> SessionBook::set_options(Session& session, std::string options) {
    TRY(journal_.sessions.update_options(session.row.id, options));
    session.row.options = std::move(options);
    read_options(session);
    touch(session.row.id);
    return {};
}

Result<> SessionBook::set_life(Session& session, journal::SessionLife life) {
    TRY(journal_.sessions.set_life(session.row.id, life));
    session.row.life = life;
    touch(session.row.id);
    return {};
}

Result<> SessionBook::remove(SessionId id) {
    TRY(journal_.sessions.remove(id));
    if (auto* session = find(id)) by_name_.erase({session->row.owner, session->row.identifier});
    sessions_.erase(id);
    touched_.erase(id);
    return {};
}

void SessionBook::touch_all() {
    for (const auto& [id, session] : sessions_) touch(id);
}

Session* SessionBook::find(SessionId session) {
    auto found = sessions_.find(session);
    return found == sessions_.end() ? nullptr : &found->second;
}

const Session* SessionBook::find(SessionId session) const {
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
    keep(std::move(row));
    return find(id);
}

std::vector<const Session*> SessionBook::of(OwnerId owner) const {
    std::vector<const Session*> found;
    for (const auto& [id, session] : sessions_)
        if (session.row.owner == owner) found.push_back(&session);
    return found;
}

std::vector<SessionId> SessionBook::ids() const {
    std::vector<SessionId> ids;
    for (const auto& [id, session] : sessions_) ids.push_back(id);
    return ids;
}

std::map<SessionId, Bytes> SessionBook::rates() const {
    std::map<SessionId, Bytes> rates;
    for (const auto& [id, session] : sessions_)
        if (session.max_rate) rates[id] = *session.max_rate;
    return rates;
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

void SessionBook::count_work(SessionId session, std::int64_t difference) {
    auto* counted = find(session);
    if (!counted || difference == 0) return;
    counted->work += static_cast<std::uint64_t>(difference);
    touch(session);
}

}  // namespace haul::control
