#include "journal/migrations.hpp"

#include <array>

#include "journal/statement.hpp"

namespace haul::journal {
namespace {

// Append, never edit: a journal in the field has been through those above.
constexpr std::array kMigrations{
    // 1: sessions, tasks, their secrets, events, wakes
    R"sql(
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
)sql",
    // 2: several connections, mirrors, names from servers, resume data, credentials, metrics
    R"sql(
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
UPDATE tasks SET forget_after=forget_after+86400000000 WHERE forget_after IS NOT NULL;
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
)sql",
    // 3: uploads and what servers answer to them
    R"sql(
ALTER TABLE tasks ADD COLUMN source_path TEXT;
ALTER TABLE tasks ADD COLUMN source_identity BLOB;
ALTER TABLE tasks ADD COLUMN upload BLOB;
CREATE TABLE replies(
  task INTEGER PRIMARY KEY, status INTEGER NOT NULL, fields BLOB, body BLOB, truncated INTEGER);
)sql",
    // 4: waking clients, asking them, ending sessions
    R"sql(
ALTER TABLE tasks ADD COLUMN question INTEGER;
ALTER TABLE tasks ADD COLUMN remarks INTEGER;
ALTER TABLE events ADD COLUMN needs_client INTEGER;
CREATE INDEX events_needing_client ON events(session) WHERE needs_client=1;
ALTER TABLE sessions ADD COLUMN life INTEGER;
DROP TABLE wakes;
CREATE TABLE wakes(
  session INTEGER PRIMARY KEY, number INTEGER NOT NULL, launches INTEGER NOT NULL,
  next_launch INTEGER, error_text TEXT);
CREATE TABLE wake_rows(
  owner INTEGER NOT NULL, program TEXT NOT NULL, length INTEGER NOT NULL,
  is_going_on INTEGER NOT NULL, completed INTEGER NOT NULL,
  PRIMARY KEY(owner, program)) WITHOUT ROWID;
)sql",
    // 5: WebSockets and what they still have to send
    R"sql(
ALTER TABLE tasks ADD COLUMN socket BLOB;
CREATE TABLE outbox(
  task INTEGER NOT NULL, number INTEGER NOT NULL, is_text INTEGER NOT NULL, body BLOB,
  PRIMARY KEY(task, number));
CREATE INDEX events_of_sending ON events(session, task) WHERE type=12;
)sql",
    // 6: when tasks may run, and after which others
    R"sql(
ALTER TABLE tasks ADD COLUMN gate INTEGER;
ALTER TABLE tasks ADD COLUMN window TEXT;
ALTER TABLE tasks ADD COLUMN predecessors INTEGER;
CREATE TABLE chains(
  predecessor INTEGER NOT NULL, task INTEGER NOT NULL, PRIMARY KEY(predecessor, task)) WITHOUT ROWID;
CREATE INDEX chains_of_task ON chains(task);
CREATE TABLE limits(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
)sql",
    // 7: what the log was once made long with
    R"sql(
DROP TABLE filler;
)sql",
};

}  // namespace

int newest_schema() {
    return static_cast<int>(kMigrations.size());
}

Result<int> schema_version(sqlite3* db) {
    auto statement = TRY(Statement::prepare(db, "PRAGMA user_version"));
    auto query = statement.use();
    TRY(query.step());
    return static_cast<int>(query.number(0));
}

/// All or none of them, with one sync.
Result<> migrate(Database& database) {
    auto version = TRY(schema_version(database.handle()));
    if (version == newest_schema()) return {};
    auto migrated = [&]() -> Result<> {
        TRY(database.begin());
        for (auto next = version; next < newest_schema(); ++next)
            TRY(database.execute(kMigrations.at(static_cast<std::size_t>(next))));
        TRY(database.execute(("PRAGMA user_version=" + std::to_string(newest_schema())).c_str()));
        return database.commit();
    }();
    if (!migrated) database.rollback();
    return migrated;
}

}  // namespace haul::journal
