// What the owner of a group would say: the cases in which silence, or a number that stands still, proves nothing, and
// those in which it does.
#include <gmock/gmock.h>

#include "tests/e2e/fixture.h"
#include "text/time_text.h"

namespace headroom::e2e {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Judgement : public E2e {
 protected:
  // 20 seats, one of which is wanted: "idle00" and "idle01" may go, and the first of them does.
  chatsim::GroupSpec spec_ = full_group("g", 20);
  chatsim::Member& member(const std::string& account) {
    return *std::find_if(spec_.members.begin(), spec_.members.end(),
                         [&](const auto& m) { return m.account == account; });
  }
  // The newest run of the group, once it has ended for that reason.
  std::int64_t run_with(const std::string& reason) {
    std::int64_t id = 0;
    EXPECT_TRUE(eventually([&] {
      const auto run = last_run("g");
      if (!run.IsObject() || run["reason"].GetString() != reason) return false;
      id = run["id"].GetInt64();
      return true;
    })) << group("g").body
        << daemon_->stderr_text();
    return id;
  }
  static double seconds_of(const char* time) { return static_cast<double>(parse_time(time).value_or(0)) / 1000; }
};

TEST_F(Judgement, InADeadGroupEverybodyHasReadToTheEndAndSomebodyGoes) {
  spec_ = full_group("g", 20, 0);
  for (chatsim::Member& of : spec_.members) of.msg_seq = spec_.next_msg_seq - 1;
  spec_.last_msg_s = now_s() - 100 * kDayS;  // when the last of them spoke
  create(spec_);
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_THAT(removed("g"), ElementsAre("idle00"));
  stop();
}

TEST_F(Judgement, InALivingGroupWhoHasReadToTheEndStays) {
  for (chatsim::Member& of : spec_.members) of.msg_seq = spec_.next_msg_seq - 1;
  create(spec_);
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "blocked"));
  EXPECT_EQ(whys(run_with("nobody_removable")).at("idle00"), "reader");
  EXPECT_THAT(removed("g"), IsEmpty());
  stop();
}

// Thousands of messages a day: who reads each evening in a browser is always far behind, and offline.
TEST_F(Judgement, WhoseReadingMovesIsAReaderHoweverFarBehind) {
  set("policy.second_look", "2s");
  create(spec_);
  start();
  knock("g");
  EXPECT_EQ(whys(run_with("second_look")).at("idle00"), "second_look");
  EXPECT_EQ(state_of("g"), "full") << "it waits for the second look, and nothing blocks it";
  ASSERT_TRUE(sim_.world().read("g", "idle00"));
  ASSERT_TRUE(sim_.world().add_messages("g", 5000));
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_THAT(removed("g"), ElementsAre("idle01"));
  const auto run = last_run("g");
  EXPECT_EQ(whys(run["id"].GetInt64()).at("idle00"), "reader");
  const auto rows = get("/api/v1/runs/" + std::to_string(run["id"].GetInt64()) + "/members");
  bool shown = false;
  for (const auto& row : rows.json["items"].GetArray()) {
    if (row["account"].GetString() != std::string("idle01")) continue;
    shown = row["first_seen_at"].IsString() && row["seen_again_at"].IsString();
  }
  EXPECT_TRUE(shown) << rows.body;
  stop();
}

// An exit that another member's joining has made up for brings the look that finds the group newly full.
TEST_F(Judgement, WhoIsNotedWhenTheGroupBecomesFullGoesByItsFirstPlan) {
  set("policy.second_look", "1s");
  set("scheduler.stale_after", "7s");
  create(spec_);
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "full"));
  EXPECT_EQ(http("POST", webhook_url_ + "?SdkAppid=1400000000",
                 R"({"CallbackCommand":"Group.CallbackAfterMemberExit","GroupId":"g"})")
                .status,
            200);
  EXPECT_TRUE(eventually([&] { return get("/api/v1/groups/g/members/idle00").json["first_seen_at"].IsString(); }));
  EXPECT_TRUE(last_run("g").IsNull()) << "that was no run";
  ASSERT_TRUE(reaches("g", "has_room"));
  EXPECT_THAT(removed("g"), ElementsAre("idle00"));
  EXPECT_EQ(get("/api/v1/groups/g/runs").json["items"].Size(), 1U);
  stop();
}

// Announcements: the owner alone may write, and nobody else ever has.
TEST_F(Judgement, WhereNobodyMaySpeakItTakesTheOwnersWordAndReadingDecides) {
  spec_ = full_group("g", 20, 0);
  for (chatsim::Member& of : spec_.members) {
    if (of.role == "Member") of.last_sent_s = 0;
  }
  member("idle00").msg_seq = spec_.next_msg_seq - 3;
  create(spec_);
  ASSERT_TRUE(sim_.world().mute_all("g", true));
  sim_.world().set_presence("idle01", chatsim::Presence::kOnline);
  set("policy.second_look", "1s");
  set("policy.protect_online", "false");
  start();
  knock("g");
  run_with("no_activity_data");
  EXPECT_EQ(state_of("g"), "blocked");
  ASSERT_EQ(send("PUT", "/api/v1/groups/g/silent", R"({"reason":"announcements"})").status, 200);
  ASSERT_TRUE(reaches("g", "has_room"));
  const auto why = whys(last_run("g")["id"].GetInt64());
  EXPECT_EQ(why.at("idle00"), "reader");
  EXPECT_EQ(why.at("idle01"), "online") << "it is asked for, whatever the policy says";
  EXPECT_THAT(removed("g"), ElementsAre("idle02"));
  stop();
}

TEST_F(Judgement, CommunitiesAndChatRoomsAreLeftAloneUntilTheyAreNamed) {
  set("policy.types", "Private, Public");
  create(full_group("g", 20, 2, "Community"));
  create(full_group("room", 20, 2, "ChatRoom"));
  start();
  for (const char* id : {"g", "room"}) {
    knock(id);
    ASSERT_TRUE(reaches(id, "blocked"));
    EXPECT_STREQ(group(id).json["reason"].GetString(), "out_of_scope");
  }
  EXPECT_THAT(sim_.calls("get_group_member_info"), IsEmpty()) << "nobody is looked at";
  stop();
}

TEST_F(Judgement, AFirstListingInWhichNearlyAllCouldGoWaitsForAPerson) {
  set("policy.first_share", "50%");
  create(full_group("g", 40, 1));
  start();
  knock("g");
  ASSERT_TRUE(eventually([&] {
    const auto run = last_run("g");
    return run.IsObject() && run["state"].GetString() == std::string("awaiting_approval");
  }));
  EXPECT_THAT(removed("g"), IsEmpty());
  stop();
}

TEST_F(Judgement, TheAppsOwnBotsAndWhoIsMutedAreNoSilentMembers) {
  set("policy.protect_accounts", "bot-*");
  member("idle00").account = "bot-weather";
  member("idle01").mute_until_s = now_s() + 30 * kDayS;
  member("idle01").msg_seq = spec_.next_msg_seq - 1;
  create(spec_);
  start();
  knock("g");
  ASSERT_TRUE(reaches("g", "has_room"));
  const auto why = whys(last_run("g")["id"].GetInt64());
  EXPECT_EQ(why.at("bot-weather"), "exempt");
  EXPECT_EQ(why.at("idle01"), "reader");
  EXPECT_THAT(removed("g"), ElementsAre("idle02"));
  stop();
}

// A group that is full again within the hour is not to lose its silent members as fast as it can.
TEST_F(Judgement, TheCooldownOfAGroupThatFillsAtOnceDoubles) {
  set("scheduler.cooldown", "1s");
  create(spec_);
  start();
  for (std::size_t runs = 1; runs <= 3; ++runs) {
    sim_.world().join("g", "comer" + std::to_string(runs));
    knock("g");
    ASSERT_TRUE(eventually([&] { return removed("g").size() == runs; })) << runs << group("g").body;
    ASSERT_TRUE(reaches("g", "has_room"));
  }
  const auto runs = get("/api/v1/runs?group_id=g&limit=3").json;
  ASSERT_EQ(runs["items"].Size(), 3U);
  const auto at = [&](unsigned i, const char* field) { return seconds_of(runs["items"][i][field].GetString()); };
  EXPECT_GE(at(1, "created_at") - at(2, "finished_at"), 1.0) << "the first was followed by the plain one";
  EXPECT_GE(at(0, "created_at") - at(1, "finished_at"), 2.0) << "the second by twice that";
  stop();
}

}  // namespace
}  // namespace headroom::e2e
