#include "headroom/event.h"

#include <gtest/gtest.h>

#include "headroom/names.h"

namespace headroom {
namespace {

constexpr const char* kFull =
    R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"@TGS#2J4SZEAEL","EventTime":1670574414123})";

Event parsed(std::string_view body, const std::optional<std::string>& command = std::nullopt) {
  auto result = parse_webhook_body(body, command);
  EXPECT_TRUE(std::holds_alternative<Event>(result)) << body;
  return std::holds_alternative<Event>(result) ? std::get<Event>(result) : Event{};
}

std::string invalid(std::string_view body, const std::optional<std::string>& command = std::nullopt) {
  auto result = parse_webhook_body(body, command);
  EXPECT_TRUE(std::holds_alternative<InvalidBody>(result)) << body;
  return std::holds_alternative<InvalidBody>(result) ? std::get<InvalidBody>(result).what : "";
}

std::string full_with(const std::string& fields) {
  return R"({"CallbackCommand":"Group.CallbackAfterGroupFull",)" + fields + "}";
}

TEST(Event, ReadsTheDocumentedSample) {
  const Event event = parsed(kFull, "Group.CallbackAfterGroupFull");
  EXPECT_EQ(event.command, Command::kGroupFull);
  EXPECT_EQ(event.group_id, "@TGS#2J4SZEAEL");
  EXPECT_EQ(event.event_time, 1670574414123);
  EXPECT_EQ(event.topic_id, std::nullopt);
}

TEST(Event, EventTimeMayBeAStringOrAbsent) {
  EXPECT_EQ(parsed(full_with(R"("GroupId":"g","EventTime":"1670574414123")")).event_time, 1670574414123);
  EXPECT_EQ(parsed(full_with(R"("GroupId":"g","EventTime":0)")).event_time, 0);
  EXPECT_EQ(parsed(full_with(R"("GroupId":"g","EventTime":253402300799999)")).event_time, kMaxTimeMs);
  EXPECT_EQ(parsed(full_with(R"("GroupId":"g")")).event_time, std::nullopt);
}

TEST(Event, RefusesAnEventTimeThatIsNone) {
  for (const char* time : {"null", "-1", "1.5", "1e3", "253402300800000", "18446744073709551616", "\"\"", "\"12x\"",
                           "\"-1\"", "\" 1\"", "true", "[]", "{}", "\"99999999999999999999\""}) {
    EXPECT_NE(invalid(full_with(std::string(R"("GroupId":"g","EventTime":)") + time)).find("EventTime"),
              std::string::npos)
        << time;
  }
}

TEST(Event, RefusesAGroupIdThatIsNone) {
  for (const char* id : {R"("")", "1", "null", "[\"g\"]", R"("a\nb")", R"("a\u0000b")", R"("a\u007fb")"}) {
    EXPECT_NE(invalid(full_with(std::string(R"("GroupId":)") + id)).find("GroupId"), std::string::npos) << id;
  }
  EXPECT_NE(invalid(full_with(R"("EventTime":1)")).find("GroupId"), std::string::npos);
  EXPECT_NE(invalid(full_with("\"GroupId\":\"" + std::string(129, 'g') + "\"")).find("GroupId"), std::string::npos);
  EXPECT_EQ(parsed(full_with("\"GroupId\":\"" + std::string(128, 'g') + "\"")).group_id.size(), 128U);
}

// As Chat and its senders write it: cut inside a character, or with half an emoji.
TEST(Event, TextThatNobodyLooksAtDoesNotDecide) {
  const Event destroyed = parsed(
      R"({"CallbackCommand":"Group.CallbackAfterGroupDestroyed","GroupId":"@TGS#GOOD","Type":"Public",)"
      R"("Name":"ab\ud83d","Owner_Account":"o1","MemberList":[{"Member_Account":"o1"}],"EventTime":1700000000123})");
  EXPECT_EQ(destroyed.command, Command::kGroupDestroyed);
  EXPECT_EQ(destroyed.group_id, "@TGS#GOOD");
  EXPECT_EQ(destroyed.event_time, 1700000000123);
  for (const char* value :
       {R"("\ud83d")", R"("\ude00x")", "\"\xff\"", "\"\xe4\xbd\"", R"(["\ud83d"])", "{\"n\":\"\xff\"}"}) {
    EXPECT_EQ(parsed(full_with(std::string(R"("GroupId":"g","Name":)") + value)).group_id, "g") << value;
    EXPECT_EQ(parsed(full_with(std::string(R"("Name":)") + value + R"(,"GroupId":"g")")).group_id, "g") << value;
  }
  EXPECT_EQ(parsed(full_with("\"GroupId\":\"g\",\"TopicId\":\"t\xff\"")).topic_id, std::nullopt);
}

TEST(Event, InAFieldThatIsUsedAndInAnyKeyItDoes) {
  for (const char* bad : {R"(\ud83d)", R"(\ude00)", "\xff", "\xe4\xbd"}) {
    const std::string text = std::string("\"x") + bad + "\"";
    EXPECT_NE(invalid(full_with("\"GroupId\":" + text)).find("GroupId"), std::string::npos) << bad;
    EXPECT_NE(invalid(full_with("\"GroupId\":\"g\",\"EventTime\":" + text)).find("EventTime"), std::string::npos)
        << bad;
    EXPECT_NE(invalid("{\"CallbackCommand\":" + text + "}").find("CallbackCommand"), std::string::npos) << bad;
    EXPECT_NE(invalid(full_with(R"("GroupId":"g",)" + text + ":1")).find("JSON"), std::string::npos) << bad;
    EXPECT_NE(invalid(full_with(R"("GroupId":"g","x":{)" + text + ":1}")).find("JSON"), std::string::npos) << bad;
    // An unused command uses nothing else.
    const auto other = parse_webhook_body(R"({"CallbackCommand":"State.StateChange","GroupId":)" + text + "}", {});
    EXPECT_TRUE(std::holds_alternative<IgnoredCommand>(other)) << bad;
  }
  EXPECT_EQ(parsed(full_with("\"GroupId\":\"\xEF\xBF\xBD\"")).group_id, "\xEF\xBF\xBD");  // Chat's own, not ours
}

TEST(Event, EachRefusalHasItsReason) {
  const std::pair<std::string, RefusalReason> rows[] = {
      {"nonsense", RefusalReason::kMalformed},
      {"{}", RefusalReason::kCommand},
      {full_with(R"("CallbackCommand":"State.StateChange")"), RefusalReason::kCommand},
      {full_with(R"("GroupId":"")"), RefusalReason::kGroupId},
      {full_with("\"GroupId\":\"a\xC2\x9B b\""), RefusalReason::kGroupId},
      {full_with(R"("GroupId":"\u0085")"), RefusalReason::kGroupId},
      {full_with(R"("GroupId":"g","GroupId":"g")"), RefusalReason::kGroupId},
      {full_with(R"("GroupId":"g","EventTime":null)"), RefusalReason::kEventTime},
      {full_with(R"("GroupId":"g","EventTime":1,"EventTime":1)"), RefusalReason::kEventTime},
  };
  for (const auto& [body, reason] : rows) {
    const auto result = parse_webhook_body(body, {});
    ASSERT_TRUE(std::holds_alternative<InvalidBody>(result)) << body;
    EXPECT_EQ(std::get<InvalidBody>(result).reason, reason) << body;
  }
  const auto other = parse_webhook_body(kFull, "Group.CallbackAfterMemberExit");
  EXPECT_EQ(std::get<InvalidBody>(other).reason, RefusalReason::kCommand);
}

// RapidJSON lets the second half of a surrogate pair pass; it becomes bytes that are no UTF-8.
TEST(Event, ALoneSurrogateIsNoPartOfAGroupIdOrTopic) {
  for (const char* id : {R"("a\udc00")", R"("\udfffb")"}) {
    EXPECT_NE(invalid(full_with(std::string(R"("GroupId":)") + id)).find("GroupId"), std::string::npos) << id;
    const Event event = parsed(full_with(std::string(R"("GroupId":"g","TopicId":)") + id));
    EXPECT_EQ(event.topic_id, std::nullopt) << id;
  }
  EXPECT_EQ(parsed(full_with(R"("GroupId":"\ud83d\ude00\ud7ff")")).group_id, "\xF0\x9F\x98\x80\xED\x9F\xBF");
}

TEST(Event, KeepsOddGroupIds) {
  EXPECT_EQ(parsed(full_with(R"("GroupId":"a b/%23+&\"'\\?")")).group_id, "a b/%23+&\"'\\?");
  EXPECT_EQ(parsed(full_with(R"("GroupId":"群組")")).group_id, "群組");
  EXPECT_EQ(parsed(full_with(R"("GroupId":"\u00a0é")")).group_id, "\xC2\xA0\xC3\xA9");
}

TEST(Event, RefusesDoubledFields) {
  EXPECT_NE(invalid(full_with(R"("GroupId":"g","GroupId":"g")")).find("twice"), std::string::npos);
  EXPECT_NE(invalid(full_with(R"("GroupId":"g","EventTime":1,"EventTime":1)")).find("twice"), std::string::npos);
  EXPECT_NE(invalid(full_with(R"("GroupId":"g","CallbackCommand":"Group.CallbackAfterGroupFull")")).find("twice"),
            std::string::npos);
}

TEST(Event, FieldsOfInnerObjectsAreNotTheBodys) {
  const Event event = parsed(full_with(R"("x":{"GroupId":"inner","EventTime":1},"GroupId":"outer","y":["GroupId"])"));
  EXPECT_EQ(event.group_id, "outer");
  EXPECT_EQ(event.event_time, std::nullopt);
}

TEST(Event, NeedsACallbackCommandThatAgreesWithTheQuery) {
  EXPECT_NE(invalid(R"({"GroupId":"g"})").find("CallbackCommand"), std::string::npos);
  EXPECT_NE(invalid(R"({"CallbackCommand":1,"GroupId":"g"})").find("CallbackCommand"), std::string::npos);
  EXPECT_NE(invalid(R"({"CallbackCommand":"","GroupId":"g"})").find("CallbackCommand"), std::string::npos);
  EXPECT_NE(invalid(kFull, "Group.CallbackAfterMemberExit").find("differ"), std::string::npos);
}

TEST(Event, OtherCommandsAreIgnoredWhateverElseTheyHold) {
  const auto result = parse_webhook_body(R"({"CallbackCommand":"State.StateChange","GroupId":7,"EventTime":null})", {});
  ASSERT_TRUE(std::holds_alternative<IgnoredCommand>(result));
  EXPECT_EQ(std::get<IgnoredCommand>(result).command, "State.StateChange");
}

TEST(Event, RefusesWhatIsNoJsonObject) {
  for (const char* body : {"", "x", "[]", "\"s\"", "1", "null", "{", "{}x", "{\"a\":1,}",
                           "[{\"CallbackCommand\":\"Group.CallbackAfterGroupFull\"}]"}) {
    EXPECT_FALSE(invalid(body).empty()) << body;
  }
}

TEST(Event, NothingHidesBehindANul) {
  const std::string body = std::string(kFull) + std::string("\0junk", 5);
  EXPECT_FALSE(invalid(body).empty());
}

TEST(Event, NestsAtMost64Levels) {
  const auto nested = [](int levels) {  // beside the outermost
    return full_with(R"("GroupId":"g","x":)" + std::string(static_cast<std::size_t>(levels), '[') +
                     std::string(static_cast<std::size_t>(levels), ']'));
  };
  EXPECT_EQ(parsed(nested(63)).group_id, "g");
  EXPECT_FALSE(invalid(nested(64)).empty());
  EXPECT_FALSE(invalid(nested(100000)).empty());
}

TEST(Event, KeepsTheTopic) {
  EXPECT_EQ(parsed(full_with(R"("GroupId":"g","TopicId":"g@TOPIC#_t")")).topic_id, "g@TOPIC#_t");
  EXPECT_EQ(parsed(full_with(R"("GroupId":"g","TopicId":7)")).topic_id, std::nullopt);
}

TEST(Event, StateTimeIsTheEventsUnlessThatIsOff) {
  Event event;
  event.received_at = 100 * kDayMs;
  EXPECT_EQ(state_time(event), event.received_at);
  for (const auto& [offset, own] : {std::pair{-kDayMs, true},
                                    {-kDayMs - 1, false},
                                    {5 * kMinuteMs, true},
                                    {5 * kMinuteMs + 1, false},
                                    {0L, true}}) {
    event.event_time = event.received_at + offset;
    EXPECT_EQ(state_time(event), own ? *event.event_time : event.received_at) << offset;
  }
}

TEST(Names, GoBothWays) {
  for (const auto state :
       {GroupState::kFull, GroupState::kPruning, GroupState::kHasRoom, GroupState::kBlocked, GroupState::kGone}) {
    EXPECT_EQ(named<GroupState>(name_of(state)), state);
  }
  EXPECT_EQ(named<RunState>("nothing_to_do"), RunState::kNothingToDo);
  EXPECT_EQ(named<Why>("unknown_activity"), Why::kUnknownActivity);
  EXPECT_EQ(named<SchedulerMode>("fast"), std::nullopt);
}

TEST(Event, SubjectsAreOfOneTo128Bytes) {
  EXPECT_TRUE(is_valid_subject("@TGS#2J4SZEAEL"));
  EXPECT_TRUE(is_valid_subject(std::string(128, 'x')));
  EXPECT_FALSE(is_valid_subject(""));
  EXPECT_FALSE(is_valid_subject(std::string(129, 'x')));
  EXPECT_FALSE(is_valid_subject("a\x01"));
  EXPECT_FALSE(is_valid_subject("a\xFF"));
}

}  // namespace
}  // namespace headroom
