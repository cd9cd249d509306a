#include "postgres/tables/event_batch.h"

#include "headroom/names.h"
#include "postgres/tables/group_queries.h"

namespace headroom::postgres {
namespace {

// Ids are given out in the events' order. What others may wait for is taken in an order that all have: first the groups
// by id, also those that can not simply be counted, then the keys that make an event a repeat. (Events are not stored
// before all of them are sorted, and they are not sorted before all groups are locked.) An UPDATE alone takes rows as
// they come; behind a lock it sees what is committed of them.
const std::string kInsert =
    R"(
  WITH given AS MATERIALIZED (
    SELECT nextval('event_id_seq') AS id, e.* FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[],
        $6::text[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::bigint[], $12::boolean[])
      AS e (group_id, source, event_time, received_at, client_ip, platform, topic_id, body, fingerprint, intake_id, at,
            counts)
  ), known AS MATERIALIZED (
    SELECT g.id, g.group_id FROM chat_group AS g
      JOIN (SELECT DISTINCT group_id COLLATE "C" AS group_id FROM given) AS of_given ON of_given.group_id = g.group_id
      ORDER BY g.id FOR UPDATE OF g
  ), stored AS (
    INSERT INTO event (id, group_id, source, event_time, received_at, client_ip, platform, topic_id, body, fingerprint,
                       intake_id)
      SELECT given.id, given.group_id, source, event_time, received_at, client_ip, platform, topic_id, body,
             decode(fingerprint, 'hex'), intake_id FROM given LEFT JOIN known ON known.group_id = given.group_id
        ORDER BY event_time, fingerprint, intake_id, given.id
      ON CONFLICT DO NOTHING RETURNING id
  ), news AS MATERIALIZED (
    SELECT known.id, count(*) AS events, min(at) AS first_at, max(at) AS last_at, bool_and(counts) AS all_count
      FROM given JOIN stored ON stored.id = given.id JOIN known ON known.group_id = given.group_id GROUP BY known.id
  ), counted AS (
    UPDATE chat_group AS g SET )" +
    set_full_events("(full_events + full_events_more + n.events)", "greatest(last_full_at, n.last_at)") + R"(
      FROM news AS n WHERE g.id = n.id AND n.all_count
        AND (g.state = 'pruning' OR g.state IN ('full', 'blocked') AND g.full_since <= n.first_at)
      RETURNING g.group_id
  )
  SELECT given.id, stored.id IS NOT NULL, counted.group_id IS NOT NULL FROM given LEFT JOIN stored USING (id)
    LEFT JOIN counted ON counted.group_id = given.group_id AND stored.id IS NOT NULL ORDER BY given.id)";
constexpr std::size_t kColumns = 12;

}  // namespace

std::vector<Store::Arrived> insert_events(Connection& connection, std::span<const Store::Arrival> events) {
  Rows rows(kColumns);
  for (const Store::Arrival& arrival : events) {
    const Event& event = *arrival.event;
    if (event.command != Command::kGroupFull) {
      throw StorageError(StorageError::Kind::kOther, "only full-group events are stored");
    }
    rows.bind(event.group_id, name_of(event.source), event.event_time, event.received_at, event.client_ip,
              event.platform, event.topic_id, event.body, event.fingerprint, event.intake_id, state_time(event),
              arrival.counts);
  }
  std::vector<Store::Arrived> arrived;
  if (rows.empty()) return arrived;
  Query query = connection.query(kInsert);
  query.bind_rows(rows);
  while (query.step()) {
    const std::int64_t id = query.integer();
    const bool is_new = query.boolean();
    arrived.push_back({is_new ? std::optional(id) : std::nullopt, query.boolean()});
  }
  return arrived;
}

}  // namespace headroom::postgres
