#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "headroom/names.h"
#include "headroom/run.h"

namespace headroom::stored {

// The columns of read_member().
inline const std::string kMemberColumns =
    "id, account, decision, why, joined_at_s, last_sent_at_s, outcome, error_code, sent_at, role, unread,"
    " presence, muted, first_seen_at, seen_again_at, judged_at, exempt, returned_at, restored_at, moved_at,"
    " first_offline";

template <typename Row>
RunMember read_member(Row& row) {
  RunMember member;
  member.id = row.integer();
  member.account = row.text();
  member.decision = row.template word<Decision>();
  member.why = row.template word<Why>();
  member.joined_at_s = row.optional_integer();
  member.last_sent_at_s = row.optional_integer();
  member.outcome = row.template word<Outcome>();
  member.error_code = row.small();
  member.sent_at = row.optional_integer();
  member.evidence.role = row.template optional_word<Role>().value_or(Role::kAbsent);
  member.evidence.unread = row.optional_integer();
  member.evidence.presence = row.template optional_word<Presence>();
  member.evidence.muted = row.boolean();
  member.evidence.first_seen_at = row.optional_integer();
  member.evidence.seen_again_at = row.optional_integer();
  member.evidence.judged_at = row.optional_integer();
  member.evidence.exempt = row.boolean();
  member.evidence.returned_at = row.optional_integer();
  member.evidence.restored_at = row.optional_integer();
  member.evidence.moved_at = row.optional_integer();
  member.evidence.first_offline = row.boolean();
  return member;
}

// run_id, account, …, first_offline: all but the id.
template <typename Query>
void bind_member(Query& query, std::int64_t run_id, const RunMember& member) {
  query
      .bind(run_id, member.account, name_of(member.decision), name_of(member.why), member.joined_at_s,
            member.last_sent_at_s, name_of(member.outcome), member.error_code, member.sent_at,
            member.evidence.role == Role::kAbsent ? std::string_view() : name_of(member.evidence.role),
            member.evidence.unread, member.evidence.presence ? name_of(*member.evidence.presence) : std::string_view(),
            member.evidence.muted, member.evidence.first_seen_at, member.evidence.seen_again_at)
      .bind(member.evidence.judged_at, member.evidence.exempt, member.evidence.returned_at, member.evidence.restored_at,
            member.evidence.moved_at, member.evidence.first_offline);
}

}  // namespace headroom::stored
