#pragma once

#include "unit/journal/first_schema.hpp"

namespace haul::journal {

/// What a daemon of schema 2 made of it: downloads by several connections, and their metrics. It never
/// changes.
inline constexpr const char* kSecondSchema = R"sql(
ALTER TABLE tasks ADD COLUMN done_islands BLOB;
ALTER TABLE tasks ADD COLUMN synced_islands BLOB;
ALTER TABLE tasks ADD COLUMN digest TEXT;
ALTER TABLE tasks ADD COLUMN modified INTEGER;
ALTER TABLE tasks ADD COLUMN failed_resumes INTEGER;
ALTER TABLE tasks ADD COLUMN filename TEXT;
ALTER TABLE tasks ADD COLUMN final_url TEXT;
ALTER TABLE tasks ADD COLUMN source INTEGER;
ALTER TABLE tasks ADD COLUMN sources_tried INTEGER;
ALTER TABLE tasks ADD COLUMN dead_sources INTEGER;
ALTER TABLE tasks ADD COLUMN part_path TEXT;
DROP INDEX tasks_acknowledged;
ALTER TABLE tasks RENAME COLUMN acknowledged TO forget_after;
CREATE INDEX tasks_to_forget ON tasks(forget_after) WHERE forget_after IS NOT NULL;
CREATE TABLE secrets(task INTEGER PRIMARY KEY, fields BLOB NOT NULL);
CREATE TABLE session_secrets(session INTEGER PRIMARY KEY, fields BLOB NOT NULL);
CREATE TABLE metrics(
  task INTEGER NOT NULL, attempt INTEGER NOT NULL, position INTEGER NOT NULL,
  hop INTEGER, connection INTEGER, url TEXT, status INTEGER, started INTEGER,
  name_lookup INTEGER, connect INTEGER, tls INTEGER, first_byte INTEGER, total INTEGER,
  local_address TEXT, remote_address TEXT, protocol TEXT, tls_version TEXT, flags INTEGER,
  received INTEGER, sent INTEGER, written INTEGER,
  PRIMARY KEY(task, attempt, position)) WITHOUT ROWID;
PRAGMA user_version=2;
)sql";

/// Makes a journal as such a daemon left it, with these rows.
inline void make_second_journal(const std::string& path, const std::string& rows) {
    make_first_journal(path, kSecondSchema + rows);
}

}  // namespace haul::journal
