#pragma once

#include <string>
#include <vector>

#include "journal/database.hpp"
#include "journal/statement.hpp"
#include "model/request.hpp"

namespace haul::journal {

/// Files that are to be removed: noted in the transaction that makes them useless, so that a crash leaves
/// none behind.
class Discards {
public:
    static Result<Discards> prepare(Database& database);

    Result<model::DiscardRequest> insert(const std::string& path) const;
    Result<> remove(std::uint64_t number) const;
    Result<std::vector<model::DiscardRequest>> all() const;

private:
    Statement insert_, remove_, all_;
};

}  // namespace haul::journal
