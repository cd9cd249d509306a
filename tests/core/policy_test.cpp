#include "headroom/policy.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <random>

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
        CASE("service", Why::kService, c.service = true; m.role = Role::kOwner),
        CASE("exempt_service", Why::kExempt, c.exempt = true; c.service = true),
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
        CASE("returned", Why::kReturned, c.returned_at = kNow - kDayMs),
        CASE("returned_lately", Why::kReturned, c.returned_at = kNow - kDayMs; m.join_time_s = kNowS - 1;
             p.newcomer_grace = 0),
        CASE("returned_owner", Why::kOwner, c.returned_at = kNow - kDayMs; m.role = Role::kOwner),
        CASE("returned_unknown", Why::kUnknownActivity, c.returned_at = kNow - kDayMs; m.join_time_s.reset()),
        CASE("restored", Why::kNewcomer, c.restored_at = kNow - p.newcomer_grace + 1),
        CASE("restored_long_ago", Why::kInactive, c.restored_at = kNow - p.newcomer_grace),
        CASE("restored_but_no_grace", Why::kInactive, c.restored_at = kNow; p.newcomer_grace = 0),
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
  const auto from = removable_from(member, Why::kActive, offline(), policy);
  ASSERT_TRUE(from);
  JudgeContext context = offline();
  context.now = *from;
  EXPECT_EQ(judge(member, context, policy), Why::kInactive);
  context.now = *from - 1;
  EXPECT_EQ(judge(member, context, policy), Why::kActive);
  for (const Why why : {Why::kOwner, Why::kService, Why::kReader}) {
    EXPECT_EQ(removable_from(member, why, offline(), policy), std::nullopt);
  }
}

// The contract's rules once more, one after the other and each with what comes before it taken for granted.
Why by_the_book(const Member& m, const JudgeContext& c, const Policy& p) {
  if (c.exempt) return Why::kExempt;
  if (c.service) return Why::kService;
  if (m.role == Role::kOwner) return Why::kOwner;
  if (m.role == Role::kAdmin || m.role == Role::kOther) return Why::kAdmin;
  const auto life = last_sign_of_life_s(m, c.now);
  const bool seq_unknown = !m.msg_seq || *m.msg_seq < 0 || !c.next_msg_seq || *c.next_msg_seq < 1;
  if (m.role != Role::kMember || !life || (p.reader_backlog > 0 && seq_unknown) ||
      (p.protect_online && c.presence == Presence::kUnknown)) {
    return Why::kUnknownActivity;
  }
  if (c.returned_at && c.now - *c.returned_at < 2 * p.inactive_for) return Why::kReturned;
  if (c.restored_at && c.now - *c.restored_at < p.newcomer_grace) return Why::kNewcomer;
  if (*m.join_time_s * 1000 > c.now - p.newcomer_grace) return Why::kNewcomer;
  if (c.now - *life * 1000 <= p.inactive_for) return Why::kActive;
  if (p.reader_backlog > 0 && *m.msg_seq > 0 && *c.next_msg_seq - 1 - *m.msg_seq <= p.reader_backlog) {
    return Why::kReader;
  }
  const bool online = c.presence == Presence::kOnline || c.presence == Presence::kPushOnline;
  return p.protect_online && online ? Why::kOnline : Why::kInactive;
}

class AnyMember {
 public:
  Member member() {
    Member m = idle_member();
    m.role = one_of({Role::kOwner, Role::kAdmin, Role::kMember, Role::kMember, Role::kMember, Role::kMember,
                     Role::kOther, Role::kAbsent, Role::kNotMember});
    m.join_time_s = time();
    m.last_sent_time_s = time();
    m.msg_seq = sequence();
    return m;
  }
  JudgeContext context() {
    JudgeContext c = offline();
    c.exempt = one_of({true, false, false, false, false});
    c.service = one_of({true, false, false, false, false});
    c.returned_at =
        one_of<std::optional<TimeMs>>({std::nullopt, std::nullopt, std::nullopt, kNow - kDayMs, kNow - 60 * kDayMs});
    c.restored_at = one_of<std::optional<TimeMs>>({std::nullopt, std::nullopt, kNow - kDayMs, kNow - 7 * kDayMs, kNow});
    c.next_msg_seq = sequence();
    c.presence = one_of<std::optional<Presence>>(
        {std::nullopt, Presence::kOffline, Presence::kOnline, Presence::kPushOnline, Presence::kUnknown});
    return c;
  }
  Policy policy() {
    Policy p;
    p.newcomer_grace = one_of({DurationMs{0}, 7 * kDayMs});
    p.protect_online = one_of({true, false});
    p.reader_backlog = one_of({0, 100});
    return p;
  }

 private:
  template <typename T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[std::uniform_int_distribution<std::size_t>(0, values.size() - 1)(random_)];
  }
  std::optional<std::int64_t> time() {
    return one_of<std::optional<std::int64_t>>({std::nullopt, -1, 0, 1, kNowS - 100 * kDayS, kNowS - 60 * kDayS,
                                                kNowS - 8 * kDayS, kNowS - kDayS, kNowS, kNowS + 1});
  }
  std::optional<std::int64_t> sequence() {
    return one_of<std::optional<std::int64_t>>({std::nullopt, -1, 0, 1, 50, 150, 1000, 1100, 2000});
  }

  std::mt19937 random_{20261126};
};

TEST(Policy, TheVerdictOfAllRulesIsTheOneThatIsActedOn) {
  AnyMember any;
  for (int i = 0; i < 200000; ++i) {
    const Member member = any.member();
    const JudgeContext context = any.context();
    const Policy policy = any.policy();
    const Why why = by_the_book(member, context, policy);
    ASSERT_EQ(judge(member, context, policy), why) << i;
    ASSERT_EQ(first_to_keep(judge_by_all(member, context, policy)), why) << i;
  }
}

TEST(Policy, EveryRuleIsHeardInTheContractsOrder) {
  Member member = idle_member();
  member.role = Role::kOwner;
  member.join_time_s = kNowS - kDayS;
  member.last_sent_time_s.reset();
  JudgeContext context = offline();
  context.exempt = true;
  context.presence = Presence::kOnline;
  Policy policy;
  policy.reader_backlog = 0;
  context.returned_at = context.now;
  const std::array<std::pair<Why, Verdict>, 11> expected{{{Why::kExempt, Verdict::kKeeps},
                                                          {Why::kService, Verdict::kPasses},
                                                          {Why::kOwner, Verdict::kKeeps},
                                                          {Why::kAdmin, Verdict::kPasses},
                                                          {Why::kUnknownActivity, Verdict::kKeeps},
                                                          {Why::kReturned, Verdict::kKeeps},
                                                          {Why::kNewcomer, Verdict::kKeeps},
                                                          {Why::kActive, Verdict::kUnknown},
                                                          {Why::kReader, Verdict::kOff},
                                                          {Why::kOnline, Verdict::kKeeps},
                                                          {Why::kSecondLook, Verdict::kOff}}};
  const Verdicts verdicts = judge_by_all(member, context, policy);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(verdicts[i].rule, expected[i].first);
    EXPECT_EQ(verdicts[i].verdict, expected[i].second) << i;
  }
}

TEST(Restored, IsRemovableByTimeAloneOnceTheGraceIsOver) {
  const Policy policy;
  JudgeContext context = offline();
  context.restored_at = kNow - kDayMs;
  ASSERT_EQ(judge(idle_member(), context, policy), Why::kNewcomer);
  const auto from = removable_from(idle_member(), Why::kNewcomer, context, policy);
  ASSERT_EQ(from, kNow - kDayMs + policy.newcomer_grace);
  context.now = *from - 1;
  EXPECT_EQ(judge(idle_member(), context, policy), Why::kNewcomer);
  context.now = *from;
  EXPECT_EQ(judge(idle_member(), context, policy), Why::kInactive);
}

// Time ends an exemption, too.
TEST(Policy, AnExemptMemberIsRemovableFromItsEndOn) {
  Policy policy;
  JudgeContext context = offline();
  context.exempt = true;
  EXPECT_EQ(removable_from(idle_member(), Why::kExempt, context, policy), std::nullopt) << "for ever";
  context.exempt_until = context.now + kHourMs;
  EXPECT_EQ(removable_from(idle_member(), Why::kExempt, context, policy), context.now + kHourMs);
  Member active = idle_member();
  active.last_sent_time_s = context.now / 1000;
  EXPECT_EQ(removable_from(active, Why::kExempt, context, policy), context.now / 1000 * 1000 + policy.inactive_for + 1);
  Member owner = idle_member();
  owner.role = Role::kOwner;
  EXPECT_EQ(removable_from(owner, Why::kExempt, context, policy), std::nullopt);
}

TEST(ServiceAccount, IsTheOneThatSignsAndEveryRobot) {
  EXPECT_TRUE(is_service_account("administrator", {"administrator"}));
  EXPECT_TRUE(is_service_account("@RBT#001", {"administrator"}));
  EXPECT_TRUE(is_service_account("@RBT#", {"administrator"}));
  EXPECT_TRUE(is_service_account("root", {"root"}));
  EXPECT_FALSE(is_service_account("administrator", {"root"}));
  EXPECT_FALSE(is_service_account("administrator2", {"administrator"}));
  EXPECT_FALSE(is_service_account("RBT#001", {"administrator"}));
  EXPECT_FALSE(is_service_account("x@RBT#001", {"administrator"}));
}

}  // namespace
}  // namespace headroom
