#include "journal/secrets.hpp"

#include "journal/fields_codec.hpp"

namespace haul::journal {
namespace {

void add_credential(Fields& fields, const std::string& prefix, const model::Credential& credential) {
    if (!credential.is_given()) return;
    fields.push_back({prefix + "scheme", std::string{model::to_word(credential.scheme)}});
    fields.push_back({prefix + "user", credential.user});
    fields.push_back({prefix + "secret", credential.secret});
}

template <class T>
std::optional<T> value_of(const Fields& fields, const std::string& key) {
    const auto* value = haul::find(fields, key);
    const auto* typed = value ? std::get_if<T>(value) : nullptr;
    return typed ? std::optional{*typed} : std::nullopt;
}

model::Credential credential_of(const Fields& fields, const std::string& prefix) {
    auto text = [&](const char* key) { return value_of<std::string>(fields, prefix + key).value_or(""); };
    auto target = model::parse_credential_target(text("scheme"));
    return {.scheme = target ? target->scheme : model::AuthScheme::Any,
            .user = text("user"),
            .secret = text("secret")};
}

Fields to_fields(const model::Secrets& secrets) {
    Fields fields;
    add_credential(fields, "", secrets.server);
    add_credential(fields, "proxy-", secrets.proxy_login);
    if (secrets.proxy) fields.push_back({"proxy", *secrets.proxy});
    if (secrets.mirrors) fields.push_back({"mirrors", *secrets.mirrors});
    if (secrets.part_urls) fields.push_back({"part-urls", *secrets.part_urls});
    if (secrets.abort_url) fields.push_back({"abort-url", *secrets.abort_url});
    return fields;
}

}  // namespace

Result<SecretTable::Owned> SecretTable::prepare_for(Database& database, const std::string& prefix,
                                                    const std::string& column) {
    auto* db = database.handle();
    auto of_owner = " WHERE " + column + "=?";
    auto headers = prefix + "headers";
    auto secrets = prefix + "secrets";
    Owned owned;
    owned.insert_header = TRY(Statement::prepare(
        db, "INSERT INTO " + headers + "(" + column + ",position,name,value) VALUES(?,?,?,?)"));
    owned.remove_headers = TRY(Statement::prepare(db, "DELETE FROM " + headers + of_owner));
    owned.find_headers =
        TRY(Statement::prepare(db, "SELECT name,value FROM " + headers + of_owner + " ORDER BY position"));
    owned.put_fields = TRY(
        Statement::prepare(db, "INSERT OR REPLACE INTO " + secrets + "(" + column + ",fields) VALUES(?,?)"));
    owned.remove_fields = TRY(Statement::prepare(db, "DELETE FROM " + secrets + of_owner));
    owned.find_fields = TRY(Statement::prepare(db, "SELECT fields FROM " + secrets + of_owner));
    return owned;
}

Result<SecretTable> SecretTable::prepare(Database& database) {
    SecretTable table;
    table.tasks_ = TRY(prepare_for(database, "", "task"));
    table.sessions_ = TRY(prepare_for(database, "session_", "session"));
    return table;
}

Result<> SecretTable::replace(const Owned& owned, std::uint64_t owner, const model::Secrets& secrets) {
    TRY(owned.remove_headers.use().bind(owner).run());
    std::uint64_t position = 0;
    for (const auto& header : secrets.headers)
        TRY(owned.insert_header.use()
                .bind(owner)
                .bind(position++)
                .bind(std::string_view{header.name})
                .bind(std::string_view{header.value})
                .run());
    auto fields = encode(to_fields(secrets));
    if (fields.empty()) return owned.remove_fields.use().bind(owner).run();
    return owned.put_fields.use().bind(owner).bind_blob(fields).run();
}

Result<model::Secrets> SecretTable::find(const Owned& owned, std::uint64_t owner) {
    model::Secrets secrets;
    {
        auto rows = owned.find_headers.use();
        rows.bind(owner);
        while (TRY(rows.step())) secrets.headers.push_back({rows.text(0), rows.text(1)});
    }
    auto row = owned.find_fields.use();
    if (!TRY(row.bind(owner).step())) return secrets;
    auto fields = decode(row.text(0));
    secrets.server = credential_of(fields, "");
    secrets.proxy_login = credential_of(fields, "proxy-");
    secrets.proxy = value_of<std::string>(fields, "proxy");
    secrets.mirrors = value_of<std::vector<std::string>>(fields, "mirrors");
    secrets.part_urls = value_of<std::vector<std::string>>(fields, "part-urls");
    secrets.abort_url = value_of<std::string>(fields, "abort-url");
    return secrets;
}

Result<> SecretTable::replace(TaskId task, const model::Secrets& secrets) const {
    return replace(tasks_, task.value, secrets);
}

Result<> SecretTable::replace(SessionId session, const model::Secrets& secrets) const {
    return replace(sessions_, session.value, secrets);
}

Result<model::Secrets> SecretTable::of(TaskId task) const {
    return find(tasks_, task.value);
}

Result<model::Secrets> SecretTable::of(SessionId session) const {
    return find(sessions_, session.value);
}

}  // namespace haul::journal
