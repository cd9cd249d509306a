#include "engine/looks/inquirer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/response.h"
#include "tests/support/fake_chat.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

namespace headroom::support {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kNowS = kNow / 1000;
constexpr std::int64_t kDayS = 86400;

class InquirerTest : public testing::Test {
 protected:
  InquirerTest() {
    chat_.put_group("g", "Public", 200, 200);
    chat_.members["g"] = {{"u", Role::kMember, kNowS - 100 * kDayS, 0, 0}};
    chat_.presence = {{"u", Presence::kOffline}};
  }

  void set(const std::function<void(Settings&)>& change) {
    Settings settings = *settings_.get();
    change(settings);
    settings_.set(settings);
  }
  Result<Inquiry> ask(const std::string& account = "u", DurationMs within = 10 * kSecondMs) {
    Inquirer inquirer(chat_, *view_, clock_, settings_, pause_, [] { return 1.0; });
    return inquirer.ask({"g", account}, clock_.steady_now() + within);
  }
  Inquiry answer() {
    auto result = ask();
    if (const auto* denied = std::get_if<Denied>(&result)) ADD_FAILURE() << denied->detail;
    return std::holds_alternative<Inquiry>(result) ? std::get<Inquiry>(result) : Inquiry{};
  }
  int status_of(const Result<Inquiry>& result) {
    const auto* denied = std::get_if<Denied>(&result);
    return denied == nullptr ? 200 : admin::status_of(denied->kind);
  }
  void exempt(ExemptionKind kind, const std::string& subject) {
    database_.commit([&](Transaction& storage) {
      storage.put_exemption({0, kind, subject, "vip", kNow, std::nullopt});
    });
  }

  TestDatabase database_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  FakeChat chat_;
  VirtualClock clock_{kNow};
  SettingsCell settings_{Settings{}};
  PauseSwitch pause_;
};

TEST_F(InquirerTest, AMemberThatNothingKeeps) {
  const Inquiry inquiry = answer();
  EXPECT_TRUE(inquiry.removable());
  EXPECT_EQ(inquiry.why(), Why::kInactive);
  EXPECT_THAT(inquiry.obstacles, IsEmpty());
  EXPECT_EQ(inquiry.observed_at, kNow);
  EXPECT_EQ(inquiry.member.account, "u");
  EXPECT_EQ(inquiry.group.name, "Group g");
}

TEST_F(InquirerTest, JudgesByWhatChatAndTheStoreSayNow) {
  chat_.presence["u"] = Presence::kPushOnline;
  EXPECT_EQ(answer().why(), Why::kOnline);
  chat_.presence.clear();
  EXPECT_EQ(answer().why(), Why::kUnknownActivity);
  set([](Settings& s) { s.policy.protect_online = false; });
  EXPECT_EQ(answer().why(), Why::kInactive);
  chat_.members["g"][0].msg_seq = 4990;
  EXPECT_EQ(answer().why(), Why::kReader);
  exempt(ExemptionKind::kMember, "u");
  const Inquiry inquiry = answer();
  EXPECT_EQ(inquiry.why(), Why::kExempt);
  EXPECT_EQ(inquiry.exemption->reason, "vip");
  EXPECT_EQ(inquiry.verdicts[8].verdict, Verdict::kKeeps) << "the reader's rule is heard all the same";
}

TEST_F(InquirerTest, SaysOfWhomSilenceProvesNothing) {
  EXPECT_FALSE(answer().speechless);
  chat_.members["g"][0].mute_until_s = kNowS + kDayS;
  EXPECT_TRUE(answer().speechless);
  chat_.members["g"][0].mute_until_s = kNowS;
  chat_.groups["g"].mute_all = true;
  EXPECT_TRUE(answer().speechless);
}

TEST_F(InquirerTest, WhoWasSeenReadingIsAReaderForAWhile) {
  set([](Settings& s) { s.policy.second_look = kDayMs; });
  const TimeMs moved_at = kNow - 10 * kDayMs;
  database_.commit([&](Transaction& storage) {
    storage.note_first_looks("g", {{"u", {moved_at, 0, true, moved_at}}}, moved_at, 0);
  });
  const Inquiry inquiry = answer();
  EXPECT_EQ(inquiry.why(), Why::kReader);
  EXPECT_EQ(inquiry.evidence.moved_at, moved_at);
  EXPECT_EQ(inquiry.reader_until, kNow + 20 * kDayMs);
  EXPECT_EQ(inquiry.removable_from, kNow + 20 * kDayMs + 1);
  set([](Settings& s) { s.policy.inactive_for = 9 * kDayMs; });
  EXPECT_EQ(answer().reader_until, std::nullopt);
  EXPECT_EQ(answer().why(), Why::kInactive);
}

TEST_F(InquirerTest, NobodyIsAskedForThePresenceThatThePolicyDoesNotMind) {
  set([](Settings& s) { s.policy.protect_online = false; });
  EXPECT_EQ(answer().presence, std::nullopt);
  EXPECT_EQ(chat_.calls("query_online_status"), 0);
}

TEST_F(InquirerTest, TellsWhatKeepsEveryRunFromTheGroup) {
  chat_.groups["g"].member_num = 199;
  EXPECT_THAT(answer().obstacles, ElementsAre("has_room"));
  chat_.groups["g"].type = "BChatRoom";
  chat_.groups["g"].max_member_num.reset();
  chat_.groups["g"].next_msg_seq.reset();
  exempt(ExemptionKind::kGroup, "g");
  pause_.show({"holiday", Reason(), ""});
  chat_.offset = 5 * kMinuteMs;
  const Inquiry inquiry = answer();
  EXPECT_THAT(inquiry.obstacles,
              ElementsAre("paused", "clock_skew", "exempt", "unsupported_type", "capacity_unknown", "field_missing"));
  EXPECT_FALSE(inquiry.removable());
}

TEST_F(InquirerTest, TheDaysLimitsAreObstacles) {
  database_.commit([&](Transaction& storage) {
    headroom::Run run;
    run.group_id = "other";
    run.created_at = kNow;
    run.id = storage.insert_run(run);
    RunMember member;
    member.account = "x";
    storage.insert_run_members(run.id, {member});
    storage.mark_sent(run.id, {"x"}, kNow - kHourMs);
    run.state = RunState::kSucceeded;
    storage.update_run(run);
  });
  EXPECT_THAT(answer().obstacles, IsEmpty());
  set([](Settings& s) { s.policy.max_removals_per_day = 1; });
  EXPECT_THAT(answer().obstacles, ElementsAre("daily_limit"));
}

TEST_F(InquirerTest, NoMemberAndNoGroupAreNotFound) {
  EXPECT_EQ(status_of(ask("stranger")), 404);
  chat_.groups.clear();
  EXPECT_EQ(status_of(ask()), 404);
}

TEST_F(InquirerTest, ChatIsNeverCalledInModeObserve) {
  set([](Settings& s) { s.mode = SchedulerMode::kObserve; });
  EXPECT_EQ(status_of(ask()), 409);
  EXPECT_EQ(chat_.all_calls(), 0);
}

TEST_F(InquirerTest, WhileTheDaemonHasPausedItselfChatIsNotAsked) {
  pause_.show({"", Reason::of_chat(70001), ""});
  EXPECT_EQ(status_of(ask()), 503);
  EXPECT_EQ(chat_.all_calls(), 0);
}

TEST_F(InquirerTest, AnErrorOfChatIsNotAvailable) {
  for (auto* refusals : {&chat_.look_refusals, &chat_.member_refusals, &chat_.presence_refusals}) {
    refusals->push_back({ChatOutcome::kRefused, 10004});
    const auto result = ask();
    EXPECT_EQ(status_of(result), 503);
    EXPECT_EQ(std::get<Denied>(result).detail, "Chat refused: chat_error_10004");
  }
}

TEST_F(InquirerTest, AGroupThatDissolvesMeanwhileIsNotFound) {
  chat_.member_refusals = {{ChatOutcome::kRefused, chat_code::kGroupGone}};
  EXPECT_EQ(status_of(ask()), 404);
}

TEST_F(InquirerTest, MembersOfATypeThatChatShowsToNobody) {
  chat_.groups["g"].type = "AVChatRoom";
  chat_.member_refusals = {{ChatOutcome::kRefused, chat_code::kNoPermission}};
  EXPECT_EQ(status_of(ask()), 409);
}

// It has nothing to pause with. Who asks may name any group: what Chat says of it is no news of the app.
TEST_F(InquirerTest, WhatStopsEveryCallIsToldToWhoAsks) {
  for (auto* refusals : {&chat_.look_refusals, &chat_.member_refusals, &chat_.presence_refusals}) {
    for (const auto& refusal : {FakeChat::Refusal{ChatOutcome::kOperatorNeeded, 60020},
                                FakeChat::Refusal{ChatOutcome::kCredentialsRejected, 70009}}) {
      refusals->push_back(refusal);
      const auto result = ask();
      EXPECT_EQ(status_of(result), 503);
      EXPECT_EQ(std::get<Denied>(result).detail, "Chat refused: chat_error_" + std::to_string(refusal.code));
    }
  }
}

TEST_F(InquirerTest, AGroupThatChatHasAnErrorOfItsOwnFor) {
  chat_.groups["g"].error_code = chat_code::kNoCommunities;
  EXPECT_EQ(std::get<Denied>(ask()).detail, "Chat refused: chat_error_11000");
}

TEST_F(InquirerTest, TriesAgainWithinItsTimeOnly) {
  chat_.look_refusals.assign(3, {ChatOutcome::kOutcomeUnknown, 0});
  EXPECT_EQ(status_of(ask()), 200) << "0.5 s, 1 s and 2 s of waiting";
  EXPECT_EQ(chat_.calls("get_group_info"), 4);
  chat_.look_refusals.assign(3, {ChatOutcome::kOutcomeUnknown, 0});
  EXPECT_EQ(status_of(ask("u", kSecondMs)), 503);
  EXPECT_EQ(chat_.calls("get_group_info"), 6) << "one more try after 0.5 s; the next would have been too late";
}

}  // namespace
}  // namespace headroom::support
