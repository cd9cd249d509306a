#include "headroom/past_facts.h"

#include <algorithm>

namespace headroom {
namespace {

// Where the run has no NextMsgSeq: any number that leaves room for every backlog.
constexpr std::int64_t kSomeMsgSeq = std::int64_t{1} << 40;

bool was_removable(const RunMember& row) {
  return row.why == Why::kInactive || row.why == Why::kOverLimit || row.why == Why::kNotNeeded;
}

// Whether the rule was asked, and let the member go.
bool passed(const RunMember& row, Why rule) { return was_removable(row) || row.why > rule; }

void read_to(PastFacts& facts, std::int64_t unread) {
  JudgeContext& context = facts.context;
  if (!context.next_msg_seq) context.next_msg_seq = kSomeMsgSeq;
  facts.member.msg_seq = std::max<std::int64_t>(0, *context.next_msg_seq - 1 - unread);
}

// MsgSeq, from how far behind it was.
void set_reading(PastFacts& facts, const Run& run, const RunMember& row) {
  if (row.evidence.unread) {
    read_to(facts, *row.evidence.unread);
    // A reader has read something, also where NextMsgSeq said that there was nothing.
    if (row.why == Why::kReader && facts.member.msg_seq == 0) facts.member.msg_seq = 1;
    return;
  }
  if (row.evidence.judged_at) return;  // Chat did not say
  facts.reading_missing = true;
  if (passed(row, Why::kReader) && run.policy.reader_backlog > 0) {
    read_to(facts, run.policy.reader_backlog + 1);
  } else if (passed(row, Why::kUnknownActivity) && needs_reading(run.policy, false)) {
    read_to(facts, 0);
  }
}

void set_looks(PastFacts& facts, const Run& run, const RunMember& row) {
  const MemberEvidence& evidence = row.evidence;
  JudgeContext& context = facts.context;
  const std::int64_t read = facts.member.msg_seq.value_or(0);
  if (evidence.moved_at && evidence.moved_at == evidence.judged_at) {
    context.first_look = FirstLook{context.now, read + 1, false, evidence.moved_at};
  } else if (evidence.first_seen_at || evidence.moved_at) {
    context.first_look =
        FirstLook{evidence.first_seen_at.value_or(context.now), read, evidence.first_offline, evidence.moved_at};
  } else if (!evidence.judged_at && passed(row, Why::kSecondLook) && run.policy.second_look > 0) {
    context.first_look = FirstLook{context.now - run.policy.second_look, read, true, std::nullopt};
  }
  facts.look_missing = !context.first_look && row.why != Why::kSecondLook;
}

// Of a row of an earlier version.
void set_by_verdict(PastFacts& facts, const Run& run, const RunMember& row) {
  Member& member = facts.member;
  JudgeContext& context = facts.context;
  context.exempt = row.why == Why::kExempt;
  if (row.why == Why::kReturned) context.returned_at = context.now;
  if (member.role == Role::kAbsent) {
    if (row.why == Why::kOwner) member.role = Role::kOwner;
    if (row.why == Why::kAdmin) member.role = Role::kAdmin;
    if (passed(row, Why::kUnknownActivity)) member.role = Role::kMember;
    facts.role_missing = member.role == Role::kAbsent;
  }
  if (context.presence) return;
  if (row.why == Why::kOnline) context.presence = Presence::kOnline;
  if (passed(row, Why::kOnline) && run.policy.protect_online) context.presence = Presence::kOffline;
}

}  // namespace

PastFacts past_facts(const Run& run, const RunMember& row, std::string_view admin_identifier) {
  const MemberEvidence& evidence = row.evidence;
  const ListingEvidence listing = run.evidence.value_or(ListingEvidence{});
  PastFacts facts;
  Member& member = facts.member;
  member.account = row.account;
  member.role = evidence.role;
  member.join_time_s = row.joined_at_s;
  member.last_sent_time_s = row.last_sent_at_s;
  JudgeContext& context = facts.context;
  context.now = evidence.judged_at.value_or(run.created_at);
  if (evidence.muted) member.mute_until_s = context.now / 1000 + 1;
  context.exempt = evidence.exempt;
  context.service = row.why == Why::kService || is_service_account(row.account, {admin_identifier});
  context.returned_at = evidence.returned_at;
  context.restored_at = evidence.restored_at;
  context.next_msg_seq = listing.next_msg_seq;
  context.last_msg_time_s = listing.last_msg_at_s;
  context.mute_all = listing.mute_all;
  context.silent = listing.silent;
  context.chat_room = group_type(listing.type) == GroupType::kChatRoom;
  context.presence = evidence.presence;
  if (!evidence.judged_at) set_by_verdict(facts, run, row);
  set_reading(facts, run, row);
  set_looks(facts, run, row);
  return facts;
}

namespace {

// As if everything that nobody asked for spoke for going.
PastFacts at_most(PastFacts facts) {
  JudgeContext& context = facts.context;
  if (facts.role_missing) facts.member.role = Role::kMember;
  if (!context.presence) context.presence = Presence::kOffline;
  if (facts.reading_missing) read_to(facts, kSomeMsgSeq / 2);
  if (facts.reading_missing && context.first_look) context.first_look->msg_seq = *facts.member.msg_seq;
  if (facts.look_missing) {
    context.first_look = FirstLook{context.now - kMaxSecondLook, facts.member.msg_seq.value_or(0), true, std::nullopt};
  }
  return facts;
}

}  // namespace

JudgedAgain judge_again(const PastFacts& facts, const Policy& policy) {
  Why why = judge(facts.member, facts.context, policy);
  const bool not_asked =
      why == Why::kInactive && !facts.context.presence && needs_presence(facts.member, facts.context, policy);
  if (why == Why::kInactive && !not_asked) return {why, false};
  if (not_asked) why = Why::kUnknownActivity;
  const bool may_be_missing = not_asked || (why == Why::kSecondLook && facts.look_missing) ||
                              (why == Why::kReader && facts.reading_missing) ||
                              (why == Why::kUnknownActivity && (facts.reading_missing || facts.role_missing));
  if (!may_be_missing) return {why, false};
  const PastFacts at_best = at_most(facts);
  return {why, judge(at_best.member, at_best.context, policy) == Why::kInactive};
}

}  // namespace headroom
