#pragma once

#include <string>

#include "journal/database.hpp"
#include "journal/statement.hpp"

namespace haul::journal {

/// Single values about the journal itself.
class Meta {
public:
    static Result<Meta> prepare(Database& database);

    /// "" where there is none.
    Result<std::string> get(std::string_view key) const;
    Result<> set(std::string_view key, std::string_view value) const;

private:
    Statement get_, set_;
};

}  // namespace haul::journal
