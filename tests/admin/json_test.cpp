#include "admin/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "headroom/run_state.h"

namespace headroom::admin::admin_test {
namespace {

TEST(AdminJson, GroupWithEverything) {
  Group group;
  group.id = 3;
  group.group_id = "@TGS#2J4SZEAEL";
  group.state = GroupState::kBlocked;
  group.reason = BlockReason::kNobodyRemovable;
  group.full_since = 0;
  group.last_full_at = 1;
  group.full_events = 17;
  group.type = "Public";
  group.name = "caf\xC3\xA9 \"x\"";
  group.member_count = 200;
  group.max_member_count = 201;
  group.observed_at = 2;
  group.next_check_at = 3;
  group.seen_room_at = 4;
  group.last_run_id = 12;
  EXPECT_EQ(group_json(group, true, {240, 250}),
            R"({"group_id":"@TGS#2J4SZEAEL","state":"blocked","reason":"nobody_removable",)"
            R"("full_since":"1970-01-01T00:00:00.000Z","last_full_at":"1970-01-01T00:00:00.001Z","full_events":17,)"
            "\"type\":\"Public\",\"name\":\"caf\xC3\xA9 \\\"x\\\"\",\"member_count\":200,\"max_member_count\":201,"
            R"("observed_at":"1970-01-01T00:00:00.002Z","next_check_at":"1970-01-01T00:00:00.003Z",)"
            R"("last_run_id":12,"exempt":true,"seen_room_at":"1970-01-01T00:00:00.004Z","silent":false,)"
            R"("learned_ceiling":250,"suggestion":{"raise_to":240}})");
}

TEST(AdminJson, GroupThatOnlyWebhooksKnow) {
  Group group;
  group.group_id = "g";
  EXPECT_EQ(
      group_json(group, false, {}),
      R"({"group_id":"g","state":"full","reason":null,"full_since":null,"last_full_at":null,"full_events":0,)"
      R"("type":null,"name":null,"member_count":null,"max_member_count":null,"observed_at":null,)"
      R"("next_check_at":null,"last_run_id":null,"exempt":false,"seen_room_at":null,"silent":false,)"
      R"("learned_ceiling":null,"suggestion":null})");
}

TEST(AdminJson, EventFallsBackToItsReceipt) {
  Event event;
  event.id = 1;
  event.group_id = "g";
  event.received_at = 5;
  event.client_ip = "10.0.0.1";
  event.platform = "RESTAPI";
  EXPECT_EQ(event_json(event),
            R"({"id":1,"group_id":"g","source":"webhook","event_time":"1970-01-01T00:00:00.005Z",)"
            R"("received_at":"1970-01-01T00:00:00.005Z","client_ip":"10.0.0.1","platform":"RESTAPI","topic_id":null})");
  event.source = EventSource::kSweep;
  event.event_time = 4;
  event.client_ip.clear();
  event.platform.clear();
  event.topic_id = "t";
  EXPECT_EQ(event_json(event),
            R"({"id":1,"group_id":"g","source":"sweep","event_time":"1970-01-01T00:00:00.004Z",)"
            R"("received_at":"1970-01-01T00:00:00.005Z","client_ip":null,"platform":null,"topic_id":"t"})");
}

TEST(AdminJson, RunWithEverything) {
  headroom::Run run;
  run.id = 12;
  run.group_id = "g";
  run.mode = RunMode::kPrune;
  run.state = RunState::kPartial;
  run.reason = Reason::of_chat(10002);
  run.created_at = 1;
  run.started_at = 2;
  run.finished_at = 3;
  run.confirmed_at = 4;
  run.members_before = 200;
  run.max_members = 200;
  run.members_after = 195;
  run.wanted = 10;
  run.considered = 200;
  run.eligible = 57;
  run.selected = 10;
  run.limited_by = LimitedBy::kShare;
  run.removed = 5;
  run.restored = 1;
  run.kept = {{Why::kOwner, 1}, {Why::kNewcomer, 20}};
  run.kept_stored = false;
  const std::string json = run_json(run);
  EXPECT_THAT(
      json, testing::StartsWith(
                R"({"id":12,"group_id":"g","trigger":"scheduler","mode":"prune","state":"partial",)"
                R"("reason":"chat_error_10002","waits_for":null,"created_at":"1970-01-01T00:00:00.001Z",)"
                R"("started_at":"1970-01-01T00:00:00.002Z","finished_at":"1970-01-01T00:00:00.003Z",)"
                R"("confirmed_at":"1970-01-01T00:00:00.004Z","members_before":200,"max_members":200,)"
                R"("members_after":195,"wanted":10,"considered":200,"eligible":57,"selected":10,)"
                R"("limited_by":"share","removed":5,"restored":1,"kept":{"owner":1,"newcomer":20},"kept_stored":false,)"
                R"("policy":{"inactive_for":"30d",)"));
  EXPECT_THAT(json,
              testing::EndsWith(R"("reason":"inactive"},"next_msg_seq":null,"last_msg_at":null,)"
                                R"("mute_all":null,"silent":null,"histogram":null,"forced":false,"raise":null})"));
  run.evidence = ListingEvidence{7, 1, true, false, "Public", {{Role::kMember, {{kHistogramUnknown, 2}, {90, 3}}}}};
  EXPECT_THAT(run_json(run),
              testing::EndsWith(R"("next_msg_seq":7,"last_msg_at":"1970-01-01T00:00:01.000Z",)"
                                R"("mute_all":true,"silent":false,)"
                                R"("histogram":{"Member":{"unknown":2,"90":3}},"forced":false,"raise":null})"));
}

TEST(AdminJson, ARaiseSaysFromWhichLimitToWhich) {
  headroom::Run run;
  run.mode = RunMode::kRaise;
  EXPECT_THAT(run_json(run), testing::EndsWith(R"("raise":null})")) << "an operator's, while it is planned";
  run.raise = Raise{200, 240, RunMode::kApprove, 5};
  EXPECT_THAT(run_json(run), testing::AllOf(testing::HasSubstr(R"("mode":"raise")"),
                                            testing::EndsWith(R"("raise":{"from":200,"to":240}})")));
  run.mode = RunMode::kRestore;
  EXPECT_THAT(run_json(run), testing::EndsWith(R"("raise":null})")) << "null in the others";
}

TEST(AdminJson, ARunThatWaitsSaysWhy) {
  headroom::Run run;
  run.mode = RunMode::kPrune;
  for (const auto& [asks, word] : {std::pair{WaitsFor::kFirstShare, "first_share"}, {WaitsFor::kJump, "jump"}}) {
    await_approval(run, asks);
    EXPECT_THAT(run_json(run), testing::HasSubstr(std::string(R"("waits_for":")") + word + R"(",)"));
  }
  run.mode = RunMode::kApprove;
  await_approval(run, WaitsFor::kJump);
  EXPECT_THAT(run_json(run), testing::HasSubstr(R"("waits_for":"mode",)"));
  begin_approved(run, 1);
  EXPECT_THAT(run_json(run), testing::HasSubstr(R"("waits_for":null,)"));
}

TEST(AdminJson, RunWithNothing) {
  EXPECT_THAT(run_json({}),
              testing::HasSubstr(
                  R"("reason":null,"waits_for":null,"created_at":"1970-01-01T00:00:00.000Z","started_at":null,)"
                  R"("finished_at":null,"confirmed_at":null,"members_before":null,"max_members":null,)"
                  R"("members_after":null,"wanted":0,"considered":0,"eligible":0,"selected":0,"limited_by":null,)"));
}

TEST(AdminJson, MemberSecondsAndOutcome) {
  RunMember member;
  member.account = "u1";
  member.joined_at_s = 1;
  member.last_sent_at_s = 2;
  EXPECT_EQ(member_json(member),
            R"({"account":"u1","decision":"remove","why":"inactive","joined_at":"1970-01-01T00:00:01.000Z",)"
            R"("last_sent_at":"1970-01-01T00:00:02.000Z","outcome":null,"error_code":0,"role":null,)"
            R"("unread":null,"presence":null,"muted":false,"first_seen_at":null,"seen_again_at":null})");
  member.decision = Decision::kKeep;
  member.why = Why::kUnknownActivity;
  member.last_sent_at_s = 0;  // never
  EXPECT_NE(member_json(member).find(R"("last_sent_at":null)"), std::string::npos);
  member.joined_at_s = std::nullopt;
  member.last_sent_at_s = INT64_MAX;
  member.outcome = Outcome::kBecameProtected;
  member.error_code = 10004;
  member.evidence = {Role::kMember, 12, Presence::kOffline, true, 5, 6, {}, {}, {}, {}, {}, {}};
  EXPECT_EQ(member_json(member),
            R"({"account":"u1","decision":"keep","why":"unknown_activity","joined_at":null,)"
            R"("last_sent_at":"9999-12-31T23:59:59.000Z","outcome":"became_protected","error_code":10004,)"
            R"("role":"Member","unread":12,"presence":"Offline","muted":true,)"
            R"("first_seen_at":"1970-01-01T00:00:00.005Z","seen_again_at":"1970-01-01T00:00:00.006Z"})");
}

TEST(AdminJson, Exemption) {
  Exemption exemption;
  exemption.kind = ExemptionKind::kMember;
  exemption.subject = "u1";
  exemption.reason = "vip";
  EXPECT_EQ(exemption_json(exemption),
            R"({"kind":"member","id":"u1","reason":"vip","created_at":"1970-01-01T00:00:00.000Z","expires_at":null})");
  exemption.kind = ExemptionKind::kGroup;
  exemption.reason.clear();
  exemption.expires_at = 1000;
  EXPECT_EQ(exemption_json(exemption),
            R"({"kind":"group","id":"u1","reason":null,"created_at":"1970-01-01T00:00:00.000Z",)"
            R"("expires_at":"1970-01-01T00:00:01.000Z"})");
}

TEST(AdminJson, TextThatIsNoUtf8IsMended) {
  Group group;
  group.group_id = "g\xFF";
  group.name = std::string("a\0\x01<", 4);
  const std::string json = group_json(group, false, {});
  EXPECT_THAT(json, testing::HasSubstr("\"group_id\":\"g\xEF\xBF\xBD\""));
  EXPECT_THAT(json, testing::HasSubstr(R"("name":"a\u0000\u0001<")"));
}

TEST(AdminJson, Lists) {
  EXPECT_EQ(list_json({}, std::nullopt), R"({"items":[],"next_cursor":null})");
  EXPECT_EQ(list_json({"{}", "{\"a\":1}"}, "xyz"), R"({"items":[{},{"a":1}],"next_cursor":"xyz"})");
}

}  // namespace
}  // namespace headroom::admin::admin_test
