#include "journal/events.hpp"

#include "journal/fields_codec.hpp"

namespace haul::journal {

Result<Events> Events::prepare(Database& database) {
    auto* db = database.handle();
    Events events;
    events.insert_ = TRY(Statement::prepare(
        db, "INSERT INTO events(session,number,task,type,time,details,needs_client) VALUES(?,?,?,?,?,?,?)"));
    events.range_ = TRY(Statement::prepare(db,
                                           "SELECT (SELECT min(number) FROM events WHERE session=?1), "
                                           "(SELECT max(number) FROM events WHERE session=?1)"));
    events.needing_client_ =
        TRY(Statement::prepare(db, "SELECT 1 FROM events WHERE session=? AND needs_client=1 LIMIT 1"));
    // Numbers count, not times: a clock that was set back makes nothing older that comes behind.
    events.older_ = TRY(Statement::prepare(
        db,
        "SELECT ifnull(max(number),0) FROM events WHERE session=?1 AND number<ifnull("
        "(SELECT number FROM events WHERE session=?1 AND time>=?2 ORDER BY number LIMIT 1),?3)"));
    events.list_ = TRY(Statement::prepare(db,
                                          "SELECT number,task,type,time,details FROM events WHERE session=? "
                                          "AND number>? ORDER BY number LIMIT ?"));
    events.ended_tasks_ = TRY(Statement::prepare(
        db, "SELECT task FROM events WHERE session=? AND number<=? AND type IN (1,2,3) ORDER BY number"));
    events.remove_ = TRY(Statement::prepare(db, "DELETE FROM events WHERE session=? AND number<=?"));
    return events;
}

Result<> Events::insert(SessionId session, const model::Event& event) const {
    auto details = encode(event.details);
    return insert_.use()
        .bind(session.value)
        .bind(event.number.value)
        .bind(event.task.value)
        .bind(static_cast<std::uint64_t>(event.type))
        .bind(to_usec(event.time))
        .bind_blob(details)
        .bind(event.needs_client ? std::optional{std::uint64_t{1}} : std::nullopt)
        .run();
}

Result<EventRange> Events::range(SessionId session) const {
    auto query = range_.use();
    TRY(query.bind(session.value).step());
    return EventRange{{query.count(0)}, {query.count(1)}};
}

Result<bool> Events::needs_client(SessionId session) const {
    auto query = needing_client_.use();
    return query.bind(session.value).step();
}

Result<EventNumber> Events::last_before(SessionId session, WallTime time) const {
    auto query = older_.use();
    TRY(query.bind(session.value).bind(to_usec(time)).bind(std::int64_t{INT64_MAX}).step());
    return EventNumber{query.count(0)};
}

Result<std::vector<model::Event>> Events::list(SessionId session, EventNumber after,
                                               std::uint32_t max) const {
    auto query = list_.use();
    query.bind(session.value).bind(after.value).bind(max);
    std::vector<model::Event> events;
    while (TRY(query.step()))
        events.push_back({.number = {query.count(0)},
                          .task = {query.count(1)},
                          .type = static_cast<model::EventType>(query.number(2)),
                          .time = to_wall_time(query.number(3)),
                          .details = decode(query.text(4))});
    return events;
}

Result<std::vector<TaskId>> Events::ended_tasks(SessionId session, EventNumber last) const {
    auto query = ended_tasks_.use();
    query.bind(session.value).bind(last.value);
    std::vector<TaskId> tasks;
    while (TRY(query.step())) tasks.push_back({query.count(0)});
    return tasks;
}

Result<> Events::remove_up_to(SessionId session, EventNumber last) const {
    return remove_.use().bind(session.value).bind(last.value).run();
}

}  // namespace haul::journal
