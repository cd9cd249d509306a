#include "admin/inquiry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "headroom/names.h"
#include "tests/admin/fake_daemon.h"
#include "tests/support/reason_words.h"

namespace headroom::admin::admin_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t kNowS = kNow / 1000;
constexpr std::int64_t kDayS = 86400;

Inquiry inquiry_of(Role role, std::int64_t joined_days_ago) {
  Inquiry inquiry;
  inquiry.observed_at = kNow;
  inquiry.group = {"g", 0, "Public", "Book club", 200, 200, 5000};
  inquiry.member = {"u", role, kNowS - joined_days_ago * kDayS, 0, 0};
  inquiry.presence = Presence::kOffline;
  JudgeContext context;
  context.now = kNow;
  context.next_msg_seq = 5000;
  context.presence = inquiry.presence;
  inquiry.verdicts = judge_by_all(inquiry.member, context, inquiry.policy);
  inquiry.removable_from = removable_from(inquiry.member, inquiry.why(), context, inquiry.policy);
  return inquiry;
}

TEST(AdminInquiry, EveryRuleInOrder) {
  FakeDaemon daemon;
  daemon.control.inquiry = inquiry_of(Role::kMember, 3);
  const Answered answer = daemon.get("/api/v1/groups/%40TGS%23a/members/u%201");
  ASSERT_EQ(answer.status(), 200);
  EXPECT_THAT(daemon.control.inquired, ElementsAre("@TGS#a u 1"));
  EXPECT_FALSE(answer.json["removable"].GetBool());
  EXPECT_EQ(answer.json["why"], "newcomer");
  EXPECT_EQ(answer.json["removable_from"], "2026-01-28T00:00:00.001Z") << "30 d of silence after joining";
  EXPECT_EQ(answer.json["joined_at"], "2025-12-29T00:00:00.000Z");
  EXPECT_TRUE(answer.json["last_sent_at"].IsNull());
  EXPECT_EQ(answer.json["group"]["member_count"].GetInt(), 200);
  std::vector<std::string> rules;
  for (const auto& rule : answer.json["rules"].GetArray()) {
    rules.push_back(rule["rule"].GetString() + std::string(" ") + rule["verdict"].GetString());
  }
  EXPECT_THAT(rules, ElementsAre("exempt passes", "service passes", "owner passes", "admin passes",
                                 "unknown_activity passes", "returned passes", "newcomer keeps", "active keeps",
                                 "reader passes", "online passes", "second_look off"));
  EXPECT_THAT(answer.json["rules"][6]["detail"].GetString(),
              HasSubstr("joined 2025-12-29T00:00:00.000Z, newcomer_grace 7d"));
}

TEST(AdminInquiry, RemovableOnlyWhenNothingStandsAgainstIt) {
  Inquiry inquiry = inquiry_of(Role::kMember, 100);
  EXPECT_THAT(
      inquiry_json(inquiry, SchedulerMode::kPlan),
      HasSubstr(R"("removable":true,"why":"inactive","exempt":false,"removable_from":null,"obstacles":[],"rules":)"));
  inquiry.obstacles = {Reason::kPaused, Reason::kHasRoom};
  const std::string json = inquiry_json(inquiry, SchedulerMode::kPrune);
  EXPECT_THAT(json, HasSubstr(R"("removable":false,"why":"inactive")"));
  EXPECT_THAT(json, HasSubstr(R"("obstacles":["paused","has_room"])"));
  EXPECT_THAT(json, HasSubstr(R"("mode":"prune")"));
}

TEST(AdminInquiry, SaysWhatIsMissing) {
  Inquiry inquiry = inquiry_of(Role::kAbsent, 100);
  inquiry.member.join_time_s.reset();
  inquiry.member.last_sent_time_s = std::numeric_limits<std::int64_t>::max();
  inquiry.member.msg_seq.reset();
  inquiry.presence = Presence::kUnknown;
  const std::string json = inquiry_json(inquiry, SchedulerMode::kPlan);
  EXPECT_THAT(json, HasSubstr("role not in Chat's answer, joined not in Chat's answer, last message no time: "
                              "9223372036854775807, read to message not in Chat's answer, next message of the group "
                              "5000, status not in Chat's answer"));
  EXPECT_THAT(json, HasSubstr(R"("role":null,"joined_at":null)"));
  EXPECT_THAT(json, HasSubstr(R"("presence":null)"));
}

TEST(AdminInquiry, SaysWhenTheMemberWasSeenReadingAndHowLongThatProtects) {
  Inquiry inquiry = inquiry_of(Role::kMember, 100);
  EXPECT_THAT(inquiry_json(inquiry, SchedulerMode::kPlan), HasSubstr(R"("seen_reading_at":null,"reader_until":null)"));
  inquiry.evidence.moved_at = kNow - kDayMs;
  EXPECT_THAT(inquiry_json(inquiry, SchedulerMode::kPlan), Not(HasSubstr("seen reading on"))) << "it protects nobody";
  inquiry.reader_until = kNow + 29 * kDayMs;
  const std::string json = inquiry_json(inquiry, SchedulerMode::kPlan);
  EXPECT_THAT(json, HasSubstr("seen reading on 2025-12-31T00:00:00.000Z (its MsgSeq had moved), which protects until "
                              "2026-01-30T00:00:00.000Z; read to message 0"));
  EXPECT_THAT(json,
              HasSubstr(R"("seen_reading_at":"2025-12-31T00:00:00.000Z","reader_until":"2026-01-30T00:00:00.000Z")"));
}

std::string detail_of(const Inquiry& inquiry, Why rule) {
  rapidjson::Document json;
  json.Parse(inquiry_json(inquiry, SchedulerMode::kPlan).c_str());
  for (const auto& one : json["rules"].GetArray()) {
    if (one["rule"].GetString() == name_of(rule)) return one["detail"].GetString();
  }
  return "";
}

TEST(AdminInquiry, APatternOfThePolicyThatProtectsTheAccountIsNamed) {
  Inquiry inquiry = inquiry_of(Role::kMember, 100);
  EXPECT_EQ(detail_of(inquiry, Why::kExempt), "the account is not exempt");
  inquiry.policy.protect_accounts = *Globs::parse("bot-*, u");
  EXPECT_EQ(detail_of(inquiry, Why::kExempt), "policy.protect_accounts has a pattern for the account");
  EXPECT_THAT(inquiry_json(inquiry, SchedulerMode::kPlan), HasSubstr(R"("exempt":false)")) << "there is none to lift";
  inquiry.exemption = Exemption{0, ExemptionKind::kMember, "u", "vip", kNow, std::nullopt};
  EXPECT_EQ(detail_of(inquiry, Why::kExempt),
            "the account is exempt: vip; policy.protect_accounts has a pattern for the account");
  EXPECT_THAT(inquiry_json(inquiry, SchedulerMode::kPlan), HasSubstr(R"("exempt":true)"));
}

TEST(AdminInquiry, OfWhomSilenceProvesNothingItIsSaidWhatElseCounts) {
  Inquiry inquiry = inquiry_of(Role::kMember, 100);
  inquiry.policy.protect_online = false;
  inquiry.policy.reader_backlog = 0;
  inquiry.policy.second_look = 0;
  EXPECT_THAT(detail_of(inquiry, Why::kUnknownActivity), Not(HasSubstr("read to message")));
  EXPECT_THAT(detail_of(inquiry, Why::kReader), Not(HasSubstr("silence proves nothing")));
  inquiry.speechless = true;
  inquiry.verdicts[9].verdict = Verdict::kPasses;
  inquiry.evidence.first_seen_at = kNow - kHourMs;
  EXPECT_THAT(detail_of(inquiry, Why::kUnknownActivity),
              HasSubstr("read to message 0, next message of the group 5000, status Offline"));
  const std::string nothing = "silence proves nothing here (a mute, or a group that is marked silent)";
  EXPECT_THAT(detail_of(inquiry, Why::kReader), HasSubstr("; " + nothing));
  EXPECT_EQ(detail_of(inquiry, Why::kOnline), "status Offline; " + nothing);
  EXPECT_EQ(detail_of(inquiry, Why::kSecondLook),
            "seen on 2025-12-31T23:00:00.000Z with the same MsgSeq, two looks 1d apart; " + nothing);
}

TEST(AdminInquiry, OfAChatRoomItIsSaidThatBothLooksHaveToSeeTheMemberOffline) {
  Inquiry inquiry = inquiry_of(Role::kMember, 100);
  inquiry.policy.second_look = kDayMs;
  inquiry.evidence.first_seen_at = kNow - kDayMs;
  EXPECT_THAT(detail_of(inquiry, Why::kSecondLook), Not(HasSubstr("chat room")));
  inquiry.group.type = "ChatRoom";
  EXPECT_THAT(
      detail_of(inquiry, Why::kSecondLook),
      HasSubstr("; of a chat room both looks have to see the member offline: the first did not, now status Offline"));
  inquiry.evidence.first_offline = true;
  inquiry.presence = Presence::kPushOnline;
  EXPECT_THAT(detail_of(inquiry, Why::kSecondLook), HasSubstr(": the first did, now status PushOnline"));
}

TEST(AdminInquiry, ARestoreIsNamedAsLongAsItProtects) {
  Inquiry inquiry = inquiry_of(Role::kMember, 3);
  inquiry.evidence.judged_at = kNow;
  inquiry.restored_at = kNow - kDayMs;
  EXPECT_EQ(detail_of(inquiry, Why::kNewcomer), "restored 2025-12-31T00:00:00.000Z, newcomer_grace 7d");
  inquiry.restored_at = kNow - 8 * kDayMs;
  EXPECT_EQ(detail_of(inquiry, Why::kNewcomer), "joined 2025-12-29T00:00:00.000Z, newcomer_grace 7d");
}

TEST(AdminInquiry, WhatIsDeniedIsAProblem) {
  for (const auto& [kind, status] : std::initializer_list<std::pair<Denied::Kind, int>>{
           {Denied::kNotFound, 404}, {Denied::kConflict, 409}, {Denied::kUnavailable, 503}, {Denied::kTimeout, 504}}) {
    FakeDaemon daemon;
    daemon.control.denied = Denied{kind, "no"};
    EXPECT_EQ(daemon.get("/api/v1/groups/g/members/u").status(), status);
  }
}

TEST(AdminInquiry, NobodyIsAskedAboutIdsThatCanNotBe) {
  FakeDaemon daemon;
  for (const char* path : {"%00/members/u", "g/members/%0A", "g/members/%FF"}) {
    EXPECT_EQ(daemon.get(std::string("/api/v1/groups/") + path).status(), 404) << path;
  }
  EXPECT_EQ(daemon.get("/api/v1/groups/g/members/").status(), 404);
  EXPECT_EQ(daemon.get("/api/v1/groups/g/members/u?limit=1").status(), 400);
  EXPECT_EQ(daemon.call("POST", "/api/v1/groups/g/members/u").status(), 405);
  EXPECT_THAT(daemon.control.inquired, IsEmpty());
}

TEST(AdminInquiry, AViewerMayAskAndAStrangerMayNot) {
  FakeDaemon daemon;
  EXPECT_EQ(daemon.call("GET", "/api/v1/groups/g/members/u", "", kViewerToken).status(), 200);
  EXPECT_EQ(daemon.call("GET", "/api/v1/groups/g/members/u", "", "").status(), 401);
}

}  // namespace
}  // namespace headroom::admin::admin_test
