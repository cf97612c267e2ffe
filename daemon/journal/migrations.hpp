#pragma once

#include "base/result.hpp"
#include "journal/database.hpp"

namespace haul::journal {

/// The schema that this daemon writes; schemas count from 1.
int newest_schema();

/// The schema of the file, 0 for an empty one.
Result<int> schema_version(sqlite3* db);

/// Brings the file from whatever schema it has to the newest one, each step in a transaction of its own.
Result<> migrate(Database& database);

}  // namespace haul::journal
