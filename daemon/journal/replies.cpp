#include "journal/replies.hpp"

#include "journal/fields_codec.hpp"

namespace haul::journal {

Result<Replies> Replies::prepare(Database& database) {
    auto* db = database.handle();
    Replies replies;
    replies.put_ = TRY(Statement::prepare(
        db, "INSERT OR REPLACE INTO replies(task,status,fields,body,truncated) VALUES(?,?,?,?,?)"));
    replies.find_ =
        TRY(Statement::prepare(db, "SELECT status,fields,body,truncated FROM replies WHERE task=?"));
    replies.remove_ = TRY(Statement::prepare(db, "DELETE FROM replies WHERE task=?"));
    return replies;
}

Result<> Replies::put(TaskId task, const model::Reply& reply) const {
    Fields fields;
    for (const auto& field : reply.fields) fields.push_back({field.name, field.value});
    auto encoded = encode(fields);
    auto query = put_.use();
    query.bind(task.value).bind(std::uint64_t{reply.status}).bind_blob(encoded).bind_blob(reply.body);
    return query.bind(std::uint64_t{reply.is_truncated}).run();
}

Result<std::optional<model::Reply>> Replies::of(TaskId task) const {
    auto query = find_.use();
    if (!TRY(query.bind(task.value).step())) return std::nullopt;
    model::Reply reply{.status = static_cast<std::uint16_t>(query.number(0)),
                       .fields = {},
                       .body = query.text(2),
                       .is_truncated = query.number(3) != 0};
    for (auto& field : decode(query.text(1)))
        if (auto* value = std::get_if<std::string>(&field.value))
            reply.fields.push_back({std::move(field.key), std::move(*value)});
    return reply;
}

Result<> Replies::remove(TaskId task) const {
    return remove_.use().bind(task.value).run();
}

}  // namespace haul::journal
