#include "journal/outbox.hpp"

namespace haul::journal {

Result<Outbox> Outbox::prepare(Database& database) {
    auto* db = database.handle();
    Outbox outbox;
    outbox.insert_ =
        TRY(Statement::prepare(db, "INSERT INTO outbox(task,number,is_text,body) VALUES(?,?,?,?)"));
    outbox.list_ = TRY(Statement::prepare(
        db, "SELECT number,is_text,body FROM outbox WHERE task=? AND number>? ORDER BY number"));
    outbox.amount_ =
        TRY(Statement::prepare(db, "SELECT count(*),ifnull(sum(length(body)),0) FROM outbox WHERE task=?"));
    outbox.remove_ = TRY(Statement::prepare(db, "DELETE FROM outbox WHERE task=? AND number<=?"));
    outbox.remove_all_ = TRY(Statement::prepare(db, "DELETE FROM outbox WHERE task=?"));
    return outbox;
}

Result<> Outbox::insert(TaskId task, const model::OutgoingMessage& message) const {
    auto query = insert_.use();
    query.bind(task.value).bind(message.number).bind(std::uint64_t{message.message.is_text});
    return query.bind_blob(message.message.body).run();
}

Result<std::vector<model::OutgoingMessage>> Outbox::list(TaskId task, std::uint64_t after, Bytes most) const {
    auto query = list_.use();
    query.bind(task.value).bind(after);
    std::vector<model::OutgoingMessage> messages;
    Bytes bytes = 0;
    while (bytes < most && TRY(query.step())) {
        messages.push_back({query.count(0), {query.number(1) != 0, query.text(2)}});
        bytes += messages.back().message.body.size();
    }
    return messages;
}

Result<model::Bulk> Outbox::amount(TaskId task) const {
    auto query = amount_.use();
    TRY(query.bind(task.value).step());
    return model::Bulk{query.count(0), query.count(1)};
}

Result<> Outbox::remove_up_to(TaskId task, std::uint64_t last) const {
    return remove_.use().bind(task.value).bind(last).run();
}

Result<> Outbox::remove_all(TaskId task) const {
    return remove_all_.use().bind(task.value).run();
}

}  // namespace haul::journal
