#include "sqlite/tables/group_event_queries.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "sqlite/tables/delayed_queries.h"

namespace headroom::sqlite {
namespace {

std::string recent_events(Connection& connection, const std::string& group_id) {
  Query query = connection.query("SELECT recent_events FROM chat_group WHERE group_id = ?");
  return query.bind(group_id).step() ? query.text() : std::string();
}

bool is_stored(Connection& connection, std::int64_t id) {
  return connection.query("SELECT 1 FROM event WHERE id = ?").bind(id).step();
}

// From the row on that holds the greatest of the range.
Query moved_events(Connection& connection, const std::string& group_id, const IdRange& range) {
  Query query = connection.query(
      "SELECT ids FROM group_event WHERE group_id = ?1 AND last_id >= ?2 AND last_id <= coalesce((SELECT min(last_id)"
      " FROM group_event WHERE group_id = ?1 AND last_id >= ?3), ?3) ORDER BY last_id DESC");
  query.bind(group_id, range.first, range.last);
  return query;
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

GroupEventIds::GroupEventIds(Connection& connection, const std::string& group_id, const IdRange& range)
    : range_(range), moved_(moved_events(connection, group_id, range)) {
  take(recent_events(connection, group_id));
  const std::unordered_set<std::string> of = {group_id};
  visit_uncounted(connection, &of, [&](const Group&, std::int64_t id, TimeMs) {
    if (id >= range_.first && id <= range_.last) ids_.push_back(id);
  });
}

std::optional<std::int64_t> GroupEventIds::next() {
  while (ids_.empty()) {
    if (!moved_.step()) return std::nullopt;
    take(moved_.text());
  }
  const std::int64_t id = ids_.back();
  ids_.pop_back();
  return id;
}

void GroupEventIds::take(const std::string& text) {
  for (const std::int64_t id : ids_of(text)) {
    if (id >= range_.first && id <= range_.last) ids_.push_back(id);
  }
}

}  // namespace headroom::sqlite
