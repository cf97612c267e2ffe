#pragma once

#include "base/ids.hpp"
#include "journal/database.hpp"
#include "journal/statement.hpp"
#include "model/request.hpp"

namespace haul::journal {

/// What sessions and tasks know and nobody else may: header values, credentials, whole URLs of proxies and
/// mirrors. A task's are deleted when it ends.
class SecretTable {
public:
    static Result<SecretTable> prepare(Database& database);

    /// Puts these in the place of those that there are.
    Result<> replace(TaskId task, const model::Secrets& secrets) const;
    Result<> replace(SessionId session, const model::Secrets& secrets) const;
    Result<model::Secrets> of(TaskId task) const;
    Result<model::Secrets> of(SessionId session) const;

private:
    /// Headers are rows, everything else is one row of encoded fields.
    struct Owned {
        Statement insert_header, remove_headers, find_headers;
        Statement put_fields, remove_fields, find_fields;
    };
    static Result<Owned> prepare_for(Database& database, const std::string& prefix,
                                     const std::string& column);
    static Result<> replace(const Owned& owned, std::uint64_t owner, const model::Secrets& secrets);
    static Result<model::Secrets> find(const Owned& owned, std::uint64_t owner);

    Owned tasks_, sessions_;
};

}  // namespace haul::journal
