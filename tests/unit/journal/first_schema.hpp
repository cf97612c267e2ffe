#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>

namespace haul::journal {

/// What a daemon of schema 1 made. It never changes.
inline constexpr const char* kFirstSchema = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE filler(bytes BLOB);

CREATE TABLE sessions(
  id INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL,
  identifier TEXT NOT NULL,
  created INTEGER NOT NULL,
  options BLOB,
  acknowledged INTEGER NOT NULL DEFAULT 0,
  UNIQUE(owner, identifier));
CREATE TABLE session_headers(
  session INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY(session, position)) WITHOUT ROWID;

CREATE TABLE tasks(
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  state INTEGER NOT NULL,
  reason INTEGER,
  blocked INTEGER,
  url TEXT NOT NULL,
  destination TEXT,
  if_exists INTEGER,
  priority REAL,
  token TEXT,
  options BLOB,
  created INTEGER NOT NULL,
  deadline INTEGER,
  next_attempt INTEGER,
  ended INTEGER,
  attempts INTEGER,
  failures INTEGER,
  done INTEGER,
  total INTEGER,
  synced INTEGER,
  trust INTEGER,
  etag TEXT,
  last_modified TEXT,
  status INTEGER,
  error_text TEXT,
  path TEXT,
  part_inode INTEGER,
  flags INTEGER,
  acknowledged INTEGER);
CREATE INDEX tasks_of_session ON tasks(session);
CREATE UNIQUE INDEX tasks_by_token ON tasks(session, token) WHERE token IS NOT NULL;
CREATE INDEX tasks_active ON tasks(state) WHERE state IN (2,3);
CREATE INDEX tasks_acknowledged ON tasks(acknowledged) WHERE acknowledged IS NOT NULL;
CREATE TABLE headers(
  task INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY(task, position)) WITHOUT ROWID;

CREATE TABLE events(
  session INTEGER NOT NULL,
  number INTEGER NOT NULL,
  task INTEGER NOT NULL,
  type INTEGER NOT NULL,
  time INTEGER NOT NULL,
  details BLOB,
  PRIMARY KEY(session, number)) WITHOUT ROWID;

CREATE TABLE wakes(
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL,
  created INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt INTEGER,
  completed INTEGER);
CREATE INDEX wakes_of_session ON wakes(session);

CREATE TABLE discards(id INTEGER PRIMARY KEY, path TEXT NOT NULL);
PRAGMA user_version=1;
)sql";

/// Makes a journal as such a daemon left it, with these rows.
inline void make_first_journal(const std::string& path, const std::string& rows) {
    sqlite3* db = nullptr;
    auto sql = std::string{kFirstSchema} + rows;
    bool is_made = sqlite3_open(path.c_str(), &db) == SQLITE_OK &&
                   sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    std::string trouble = is_made ? "" : sqlite3_errmsg(db);
    sqlite3_close(db);
    if (!is_made) throw std::runtime_error(trouble);
}

}  // namespace haul::journal
