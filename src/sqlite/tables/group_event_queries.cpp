#include "sqlite/tables/group_event_queries.h"

#include <algorithm>
#include <charconv>

namespace headroom::sqlite {
namespace {

bool is_stored(Connection& connection, std::int64_t id) {
  return connection.query("SELECT 1 FROM event WHERE id = ?").bind(id).step();
}

}  // namespace

std::string to_text(const std::vector<std::int64_t>& ids) {
  std::string text;
  for (const std::int64_t id : ids) text += (text.empty() ? "" : " ") + std::to_string(id);
  return text;
}

std::vector<std::int64_t> ids_of(const std::string& text) {
  std::vector<std::int64_t> ids;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const auto [rest, error] = std::from_chars(at, end, ids.emplace_back());
    if (error != std::errc() || (rest != end && *rest != ' '))
      throw StorageError(StorageError::Kind::kOther, "the database holds '" + text + "' for the ids of events");
    at = rest == end ? end : rest + 1;
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

void insert_group_events(Connection& connection, const std::string& group_id, const std::vector<std::int64_t>& ids) {
  connection.query("INSERT INTO group_event (group_id, last_id, ids) VALUES (?, ?, ?)")
      .bind(group_id, ids.back(), to_text(ids))
      .run();
}

std::vector<std::int64_t> still_stored(Connection& connection, const std::vector<std::int64_t>& ids) {
  std::vector<std::int64_t> stored;
  for (const std::int64_t id : ids) {
    if (is_stored(connection, id)) stored.push_back(id);
  }
  return stored;
}

std::int64_t newest_moved(Connection& connection, const std::string& group_id) {
  Query query = connection.query("SELECT max(last_id) FROM group_event WHERE group_id = ?");
  query.bind(group_id).step();
  return query.optional_integer().value_or(0);
}

bool is_moved(Connection& connection, const std::string& group_id, std::int64_t id) {
  Query query =
      connection.query("SELECT ids FROM group_event WHERE group_id = ? AND last_id >= ? ORDER BY last_id LIMIT 1");
  if (!query.bind(group_id, id).step()) return false;
  const auto ids = ids_of(query.text());
  return std::binary_search(ids.begin(), ids.end(), id);
}

void forget_group_event(Connection& connection, const std::string& group_id, std::int64_t id) {
  std::vector<std::int64_t> left;
  {
    Query query = connection.query("SELECT ids FROM group_event WHERE group_id = ? AND last_id = ?");
    if (!query.bind(group_id, id).step()) return;
    left = still_stored(connection, ids_of(query.text()));
  }
  connection.query("DELETE FROM group_event WHERE group_id = ? AND last_id = ?").bind(group_id, id).run();
  if (!left.empty()) insert_group_events(connection, group_id, left);
}

}  // namespace headroom::sqlite
