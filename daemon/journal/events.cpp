#include "journal/events.hpp"

#include "journal/fields_codec.hpp"
#include "model/limits.hpp"

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
    events.inboxes_ = TRY(Statement::prepare(db,
                                             "SELECT task,count(*),sum(length(details)) FROM events WHERE "
                                             "session=? AND number<=? AND type=10 GROUP BY task"));
    events.oldest_messages_ =
        TRY(Statement::prepare(db,
                               "SELECT number,length(details) FROM events WHERE session=? AND task=? AND "
                               "type=10 ORDER BY number LIMIT ?"));
    events.told_dropped_ = TRY(Statement::prepare(
        db, "SELECT number,details FROM events WHERE session=? AND number<? AND task=? AND type=11"));
    events.remove_one_ = TRY(Statement::prepare(db, "DELETE FROM events WHERE session=? AND number=?"));
    events.replace_ = TRY(Statement::prepare(
        db, "UPDATE events SET type=11,details=?,needs_client=NULL WHERE session=? AND number=?"));
    events.remove_sent_ =
        TRY(Statement::prepare(db, "DELETE FROM events WHERE session=? AND task=? AND type=12"));
    events.remove_ = TRY(Statement::prepare(db, "DELETE FROM events WHERE session=? AND number<=?"));
    return events;
}

Result<Bytes> Events::insert(SessionId session, const model::Event& event) const {
    auto details = encode(event.details);
    TRY(insert_.use()
            .bind(session.value)
            .bind(event.number.value)
            .bind(event.task.value)
            .bind(static_cast<std::uint64_t>(event.type))
            .bind(to_usec(event.time))
            .bind_blob(details)
            .bind(event.needs_client ? std::optional{std::uint64_t{1}} : std::nullopt)
            .run());
    return Bytes{details.size()};
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
    Bytes bytes = 0;
    while (bytes < model::kMaxPageBytes && TRY(query.step())) {
        auto details = query.text(4);
        bytes += details.size();
        events.push_back({.number = {query.count(0)},
                          .task = {query.count(1)},
                          .type = static_cast<model::EventType>(query.number(2)),
                          .time = to_wall_time(query.number(3)),
                          .details = decode(details)});
    }
    return events;
}

Result<std::vector<TaskId>> Events::ended_tasks(SessionId session, EventNumber last) const {
    auto query = ended_tasks_.use();
    query.bind(session.value).bind(last.value);
    std::vector<TaskId> tasks;
    while (TRY(query.step())) tasks.push_back({query.count(0)});
    return tasks;
}

Result<> Events::remove_sent(SessionId session, TaskId task) const {
    return remove_sent_.use().bind(session.value).bind(task.value).run();
}

Result<std::vector<Inbox>> Events::inboxes(SessionId session, EventNumber last) const {
    auto query = inboxes_.use();
    query.bind(session.value).bind(last.value);
    std::vector<Inbox> inboxes;
    while (TRY(query.step())) inboxes.push_back({{query.count(0)}, query.count(1), query.count(2)});
    return inboxes;
}

Result<Inbox> Events::drop_messages(SessionId session, TaskId task, std::uint64_t messages) const {
    Inbox dropped{.task = task};
    std::vector<std::uint64_t> numbers;
    {
        auto query = oldest_messages_.use();
        query.bind(session.value).bind(task.value).bind(messages);
        while (TRY(query.step())) {
            numbers.push_back(query.count(0));
            dropped.bytes += query.count(1);
        }
    }
    dropped.messages = numbers.size();
    if (numbers.empty()) return dropped;
    auto told = dropped.messages;
    {
        auto query = told_dropped_.use();
        if (TRY(query.bind(session.value).bind(numbers.back()).bind(task.value).step())) {
            numbers.insert(numbers.begin(), query.count(0));
            told += get<std::uint64_t>(decode(query.text(1)), "messages");
        }
    }
    auto details = encode(Fields{{"messages", told}});
    TRY(replace_.use().bind_blob(details).bind(session.value).bind(numbers.back()).run());
    numbers.pop_back();
    for (auto number : numbers) TRY(remove_one_.use().bind(session.value).bind(number).run());
    return dropped;
}

Result<> Events::remove_up_to(SessionId session, EventNumber last) const {
    return remove_.use().bind(session.value).bind(last.value).run();
}

}  // namespace haul::journal
