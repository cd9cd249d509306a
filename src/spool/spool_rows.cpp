#include "spool/spool_rows.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "headroom/names.h"
#include "headroom/storage_error.h"
#include "spool/exits_text.h"

namespace headroom::spool {
namespace {

using Id = std::array<std::uint8_t, 16>;

constexpr std::size_t kReadBytes = 16 << 20;  // of bodies in one batch

std::optional<Id> id_of(const std::optional<std::string>& bytes) {
  if (!bytes) return std::nullopt;
  Id id{};
  if (bytes->size() != id.size()) {
    throw StorageError(StorageError::Kind::kFatal,
                       "the spool holds an id of " + std::to_string(bytes->size()) + " bytes");
  }
  std::copy(bytes->begin(), bytes->end(), id.begin());
  return id;
}

// Texts are kept as bytes: SQLite's would be repaired, or end at a NUL.
void bind_bytes(sqlite::Query& query, const std::optional<std::string>& bytes) {
  if (bytes) {
    query.bind_bytes(*bytes);
  } else {
    query.bind(std::optional<std::int64_t>());
  }
}

}  // namespace

const std::string& columns() {
  static const std::string text =
      "intake_id, command, group_id, source, event_time, received_at, client_ip, platform, topic_id, kicked, exits, "
      "body, fingerprint";
  return text;
}

std::string column_definitions() {
  return "intake_id BLOB NOT NULL, command TEXT NOT NULL, group_id BLOB NOT NULL, source TEXT NOT NULL, "
         "event_time INTEGER, received_at INTEGER NOT NULL, client_ip BLOB NOT NULL, platform BLOB NOT NULL, "
         "topic_id BLOB, kicked INTEGER NOT NULL, exits BLOB NOT NULL, body BLOB NOT NULL, fingerprint BLOB";
}

void insert_event(sqlite::Connection& connection, std::int64_t id, const Event& event) {
  static const std::string sql =
      "INSERT INTO event (id, " + columns() + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  sqlite::Query row = connection.query(sql);
  row.bind(id, event.intake_id, name_of(event.command));
  row.bind_bytes(event.group_id);
  row.bind(name_of(event.source), event.event_time, event.received_at);
  row.bind_bytes(event.client_ip).bind_bytes(event.platform);
  bind_bytes(row, event.topic_id);
  row.bind(event.exits.kicked);
  row.bind_bytes(accounts_text(event.exits.accounts)).bind_bytes(event.body);
  row.bind(event.fingerprint);
  row.run();
}

Event read_event(sqlite::Query& row) {
  Event event;
  event.intake_id = id_of(row.bytes());
  event.command = row.word<Command>();
  event.group_id = row.bytes();
  event.source = row.word<EventSource>();
  event.event_time = row.optional_integer();
  event.received_at = row.integer();
  event.client_ip = row.bytes();
  event.platform = row.bytes();
  event.topic_id = row.optional_bytes();
  event.exits.kicked = row.boolean();
  auto accounts = accounts_of(row.bytes());
  if (!accounts) throw StorageError(StorageError::Kind::kFatal, "the spool holds a list of accounts that is none");
  event.exits.accounts = std::move(*accounts);
  event.body = row.bytes();
  event.fingerprint = id_of(row.optional_bytes());
  return event;
}

std::int64_t bytes_of(const Event& event) {
  constexpr std::size_t kRest = 200;
  std::size_t bytes = kRest + event.body.size() + event.group_id.size();
  for (const std::string& account : event.exits.accounts) bytes += account.size() + 3;
  return static_cast<std::int64_t>(bytes);
}

SpoolBatch read_batch(sqlite::Query& rows, std::size_t most, bool with_why) {
  SpoolBatch batch;
  std::size_t bytes = 0;
  while (batch.ids.size() < most && bytes < kReadBytes && rows.step()) {
    batch.ids.push_back(rows.integer());
    batch.events.push_back(read_event(rows));
    if (with_why) batch.whys.push_back(rows.text());
    bytes += batch.events.back().body.size();
  }
  return batch;
}

}  // namespace headroom::spool
