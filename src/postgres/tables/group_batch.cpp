#include "postgres/tables/group_batch.h"

#include <unordered_map>

#include "headroom/names.h"
#include "postgres/tables/group_list.h"
#include "stored/rows/group_row.h"

namespace headroom::postgres {
namespace {

// With the id of the group, what bind_group() binds.
const std::string kRest =
    "state, reason, full_since, last_full_at, full_events, seen_room_at, type, name, member_count, max_member_count,"
    " observed_at, next_check_at, cooldown_until, exit_look_at, failures, last_run_id, made_room_at,"
    " cooldown_doublings, share_settled, first_planned_at, silent, raised_to, at_ceiling";
const std::string kColumns = "group_id, " + kRest;
constexpr std::size_t kBound = 24;
const std::string kGiven =
    "unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[],"
    " $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],"
    " $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[], $20::boolean[], $21::bigint[], $22::boolean[],"
    " $23::bigint[], $24::boolean[]";

// "n.state, n.reason, …"
std::string given_rest() {
  std::string columns;
  for (const char c : kRest) columns += c == ' ' ? " n." : std::string(1, c);
  return "n." + columns;
}

// Ids in the order that is given, rows in that of their keys: whoever else stores some of them waits, and for nobody.
const std::string kInsert = "WITH given AS MATERIALIZED (SELECT nextval('chat_group_id_seq') AS id, u.* FROM " +
                            kGiven + ") AS u (" + kColumns + ")) INSERT INTO chat_group (id, " + kColumns +
                            ") SELECT id, " + kColumns +
                            " FROM given ORDER BY group_id COLLATE \"C\" ON CONFLICT (group_id) DO NOTHING"
                            " RETURNING id, group_id";

// Locked before they are updated: an UPDATE alone takes them as they come.
const std::string kUpdate =
    "WITH given AS MATERIALIZED (SELECT * FROM " + kGiven + ", $25::bigint[]) AS u (" + kColumns +
    ", id)), old AS MATERIALIZED (SELECT g.id, g.state, g.reason FROM chat_group AS g JOIN given USING (id)"
    " ORDER BY g.id FOR UPDATE OF g)"
    " UPDATE chat_group AS g SET full_events_more = 0, (" +
    kRest + ") = ROW (" + given_rest() +
    ") FROM given AS n JOIN old USING (id) WHERE g.id = n.id AND g.group_id = n.group_id"
    " RETURNING g.id, old.state = 'blocked' AND old.reason = g.reason";

void insert(Connection& connection, std::span<const Group> groups, std::vector<std::int64_t>& ids) {
  Rows rows(kBound);
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].id != 0) continue;
    stored::bind_group(rows, groups[i]);
    places.emplace(groups[i].group_id, i);
  }
  if (rows.empty()) return;
  Query query = connection.query(kInsert);
  query.bind_rows(rows);
  std::size_t inserted = 0;
  for (; query.step(); ++inserted) {
    const std::int64_t id = query.integer();
    ids.at(places.at(query.text())) = id;
  }
  if (inserted < places.size()) {
    throw StorageError(StorageError::Kind::kConflict, "another has stored a group that was new");
  }
}

void update(Connection& connection, std::span<const Group> groups, std::vector<Group>& newly_blocked) {
  Rows rows(kBound + 1);
  std::unordered_map<std::int64_t, const Group*> left;
  for (const Group& group : groups) {
    if (group.id == 0) continue;
    stored::bind_group(rows, group);
    rows.bind(group.id);
    left.emplace(group.id, &group);
  }
  if (rows.empty()) return;
  Query query = connection.query(kUpdate);
  query.bind_rows(rows);
  while (query.step()) {
    const auto found = left.find(query.integer());
    const bool was_so = query.boolean();
    if (found->second->state == GroupState::kBlocked && !was_so) newly_blocked.push_back(*found->second);
    left.erase(found);
  }
  if (left.empty()) return;
  throw StorageError(StorageError::Kind::kOther, "group " + std::to_string(left.begin()->first) + " is not stored");
}

}  // namespace

std::vector<Group> lock_groups(Connection& connection, std::span<const std::string> group_ids) {
  Rows ids(1);
  for (const std::string& group_id : group_ids) ids.bind(group_id);
  std::vector<Group> groups;
  if (ids.empty()) return groups;
  Query query = connection.query(kSelectGroup + "WHERE group_id = ANY($1::text[]) ORDER BY id FOR UPDATE");
  query.bind_rows(ids);
  while (query.step()) groups.push_back(stored::read_group(query));
  return groups;
}

std::vector<std::int64_t> save_groups(Connection& connection, std::span<const Group> groups,
                                      std::vector<Group>& newly_blocked) {
  std::vector<std::int64_t> ids;
  for (const Group& group : groups) {
    ids.push_back(group.id);
    if (group.id == 0 && group.state == GroupState::kBlocked) newly_blocked.push_back(group);
  }
  update(connection, groups, newly_blocked);
  insert(connection, groups, ids);
  return ids;
}

}  // namespace headroom::postgres
