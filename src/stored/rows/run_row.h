#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "headroom/names.h"
#include "headroom/run.h"
#include "stored/run_json.h"

namespace headroom::stored {

// The columns of read_run().
inline const std::string kRunColumns =
    "id, group_id, \"trigger\", mode, state, reason, created_at, started_at, finished_at, confirmed_at,"
    " members_before, max_members, members_after, wanted, considered, eligible, selected, removed, restored, kept,"
    " kept_stored, policy, source_run_id, limited_by, doubt_looks, doubt_ms, evidence,"
    " raise_from, raise_to, raise_as, raise_sent_at, forced, waits_for";

// A listing that was believed, and of which nobody was to be asked, or has approved, who may go. Not one that was made
// to be seen, nor one that selected nobody before a second look, or ended with its group: nobody was asked about those.
inline const std::string kListingToGoBy =
    " AND considered > 0 AND mode <> 'restore' AND (eligible > 0 OR state <> 'failed')"
    " AND state NOT IN ('awaiting_approval', 'rejected', 'expired')"
    " AND NOT (state = 'planned' AND \"trigger\" = 'operator')"
    " AND NOT (state = 'nothing_to_do' AND reason IN ('second_look', 'gone'))";

template <typename Row>
std::optional<Raise> read_raise(Row& row) {
  const auto from = row.optional_integer();
  const auto to = row.optional_integer();
  const auto as = row.template optional_word<RunMode>();
  const auto sent_at = row.optional_integer();
  if (!from || !to || !as) return std::nullopt;
  return Raise{*from, *to, *as, sent_at};
}

template <typename Row>
Run read_run(Row& row) {
  Run run;
  run.id = row.integer();
  run.group_id = row.text();
  run.trigger = row.template word<RunTrigger>();
  run.mode = row.template word<RunMode>();
  run.state = row.template word<RunState>();
  run.reason = row.template word<Reason>();
  run.created_at = row.integer();
  run.started_at = row.optional_integer();
  run.finished_at = row.optional_integer();
  run.confirmed_at = row.optional_integer();
  run.members_before = row.optional_integer();
  run.max_members = row.optional_integer();
  run.members_after = row.optional_integer();
  run.wanted = row.integer();
  run.considered = row.integer();
  run.eligible = row.integer();
  run.selected = row.integer();
  run.removed = row.integer();
  run.restored = row.integer();
  run.kept = kept_from_json(row.text());
  run.kept_stored = row.boolean();
  run.policy = policy_from_json(row.text());
  run.source_run_id = row.optional_integer();
  run.limited_by = row.template word<LimitedBy>();
  run.doubt_looks = row.optional_integer();
  run.doubt_for = row.integer();
  if (const auto evidence = row.optional_text()) run.evidence = evidence_from_json(*evidence);
  run.raise = read_raise(row);
  run.forced = row.boolean();
  run.waits_for = row.template word<WaitsFor>();
  return run;
}

// Everything but id, group, trigger, created_at and doubt.
template <typename Query>
void bind_run(Query& query, const Run& run) {
  query.bind(name_of(run.mode), name_of(run.state), name_of(run.reason), run.started_at, run.finished_at,
             run.confirmed_at, run.members_before, run.max_members, run.members_after);
  query.bind(run.wanted, run.considered, run.eligible, run.selected, run.removed, run.restored, kept_to_json(run.kept),
             run.kept_stored, policy_to_json(run.policy), run.source_run_id, name_of(run.limited_by),
             run.evidence ? std::optional(evidence_to_json(*run.evidence)) : std::nullopt);
  query.bind(run.raise ? std::optional(run.raise->from) : std::nullopt,
             run.raise ? std::optional(run.raise->to) : std::nullopt,
             run.raise ? name_of(run.raise->as) : std::string_view(), run.raise ? run.raise->sent_at : std::nullopt,
             run.forced, name_of(run.waits_for));
}

}  // namespace headroom::stored
