#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "journal/database.hpp"
#include "journal/statement.hpp"

namespace haul::journal {

/// Limits that were set while the daemon ran.
class LimitTable {
public:
    static Result<LimitTable> prepare(Database& database);

    Result<> put(std::string_view name, std::uint64_t value) const;
    Result<> remove(std::string_view name) const;
    Result<std::map<std::string, std::uint64_t>> all() const;

private:
    Statement put_, remove_, all_;
};

}  // namespace haul::journal
