#include "headroom/policy.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

namespace headroom {
namespace {

constexpr TimeMs kNow = 1'700'000'000'000;
constexpr std::int64_t kNowS = kNow / 1000;
constexpr std::int64_t kDayS = 86400;

Member idle_member() {
  Member member;
  member.account = "u";
  member.role = Role::kMember;
  member.join_time_s = kNowS - 100 * kDayS;
  member.last_sent_time_s = kNowS - 60 * kDayS;
  member.msg_seq = 100;
  return member;
}

JudgeContext offline() {
  JudgeContext context;
  context.now = kNow;
  context.next_msg_seq = 1000;
  context.presence = Presence::kOffline;
  return context;
}

struct Case {
  const char* name;
  std::function<void(Member&, JudgeContext&, Policy&)> change;
  Why why;
};

class PolicyCases : public testing::TestWithParam<Case> {};

TEST_P(PolicyCases, Judges) {
  Member member = idle_member();
  JudgeContext context = offline();
  Policy policy;
  GetParam().change(member, context, policy);
  EXPECT_EQ(judge(member, context, policy), GetParam().why);
}

#define CASE(name, why, ...)                                                                                           \
  Case {                                                                                                               \
    name,                                                                                                              \
        []([[maybe_unused]] Member& m, [[maybe_unused]] JudgeContext& c, [[maybe_unused]] Policy& p) { __VA_ARGS__; }, \
        why                                                                                                            \
  }

INSTANTIATE_TEST_SUITE_P(
    Rules, PolicyCases,
    testing::Values(
        CASE("idle", Why::kInactive, ), CASE("exempt", Why::kExempt, c.exempt = true; m.role = Role::kOwner),
        CASE("owner", Why::kOwner, m.role = Role::kOwner; m.join_time_s.reset()),
        CASE("admin", Why::kAdmin, m.role = Role::kAdmin), CASE("other_role", Why::kAdmin, m.role = Role::kOther),
        CASE("no_role", Why::kUnknownActivity, m.role = Role::kAbsent),
        CASE("no_join", Why::kUnknownActivity, m.join_time_s.reset()),
        CASE("join_0", Why::kUnknownActivity, m.join_time_s = 0),
        CASE("join_negative", Why::kUnknownActivity, m.join_time_s = -5),
        CASE("join_future", Why::kUnknownActivity, m.join_time_s = kNowS + 1),
        CASE("no_sent", Why::kUnknownActivity, m.last_sent_time_s.reset()),
        CASE("sent_never", Why::kInactive, m.last_sent_time_s = 0),
        CASE("sent_future", Why::kUnknownActivity, m.last_sent_time_s = kNowS + 1),
        CASE("sent_huge", Why::kUnknownActivity, m.last_sent_time_s = std::numeric_limits<std::int64_t>::max()),
        CASE("no_seq", Why::kUnknownActivity, m.msg_seq.reset()),
        CASE("no_seq_but_off", Why::kInactive, m.msg_seq.reset(); p.reader_backlog = 0),
        CASE("no_next_seq", Why::kUnknownActivity, c.next_msg_seq.reset()),
        CASE("no_next_seq_but_off", Why::kInactive, c.next_msg_seq.reset(); p.reader_backlog = 0),
        CASE("presence_unknown", Why::kUnknownActivity, c.presence = Presence::kUnknown),
        CASE("presence_unknown_but_off", Why::kInactive, c.presence = Presence::kUnknown; p.protect_online = false),
        CASE("presence_not_asked", Why::kInactive, c.presence.reset()),
        CASE("newcomer", Why::kNewcomer, m.join_time_s = kNowS - 7 * kDayS + 1; m.last_sent_time_s = 0),
        CASE("newcomer_no_more", Why::kActive, m.join_time_s = kNowS - 7 * kDayS),
        CASE("newcomer_off", Why::kActive, m.join_time_s = kNowS - 1; p.newcomer_grace = 0),
        CASE("active", Why::kActive, m.last_sent_time_s = kNowS - 30 * kDayS),
        CASE("active_no_more", Why::kInactive, m.last_sent_time_s = kNowS - 30 * kDayS - 1),
        CASE("joined_counts_as_life", Why::kActive, m.join_time_s = kNowS - 20 * kDayS; m.last_sent_time_s = 0),
        CASE("reader", Why::kReader, m.msg_seq = 899), CASE("reader_no_more", Why::kInactive, m.msg_seq = 898),
        CASE("reader_ahead", Why::kReader, m.msg_seq = 5000),
        CASE("never_read", Why::kInactive, m.msg_seq = 0; c.next_msg_seq = 50),
        CASE("reader_huge", Why::kReader, m.msg_seq = std::numeric_limits<std::int64_t>::max()),
        CASE("backlog_huge", Why::kReader, p.reader_backlog = std::numeric_limits<std::int64_t>::max()),
        CASE("online", Why::kOnline, c.presence = Presence::kOnline),
        CASE("push_online", Why::kOnline, c.presence = Presence::kPushOnline),
        CASE("online_but_off", Why::kInactive, c.presence = Presence::kOnline; p.protect_online = false),
        CASE("not_member", Why::kUnknownActivity, m.role = Role::kNotMember)),
    [](const auto& instance) { return instance.param.name; });

TEST(Policy, RemovableFromIsWhenTimeAloneNoLongerKeeps) {
  const Policy policy;
  Member member = idle_member();
  member.last_sent_time_s = kNowS - 10 * kDayS;
  const auto from = removable_from(member, Why::kActive, policy, kNow);
  ASSERT_TRUE(from);
  JudgeContext context = offline();
  context.now = *from;
  EXPECT_EQ(judge(member, context, policy), Why::kInactive);
  context.now = *from - 1;
  EXPECT_EQ(judge(member, context, policy), Why::kActive);
  EXPECT_EQ(removable_from(member, Why::kOwner, policy, kNow), std::nullopt);
  EXPECT_EQ(removable_from(member, Why::kReader, policy, kNow), std::nullopt);
}

}  // namespace
}  // namespace headroom
