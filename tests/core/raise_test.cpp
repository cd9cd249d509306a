#include "headroom/raise.h"

#include <gtest/gtest.h>

#include <limits>

namespace headroom {
namespace {

CapacityRules rules_of(std::string_view ceilings, std::string_view only_from = "", Share step = Share::percent(20)) {
  CapacityRules rules;
  rules.mode = CapacityMode::kRaise;
  rules.ceilings = *Ceilings::parse(ceilings);
  rules.only_from = *DefaultLimits::parse(only_from);
  rules.step = step;
  return rules;
}

RaiseFacts full(std::int64_t limit, std::int64_t wanted, std::string_view type = "Public") {
  RaiseFacts facts;
  facts.type = type;
  facts.members = limit;
  facts.limit = limit;
  facts.wanted = wanted;
  return facts;
}

TEST(Raise, GoesOneStepUpToTheCeiling) {
  struct Row {
    const char* what;
    std::int64_t limit;
    std::int64_t wanted;
    Share step;
    std::int64_t ceiling;
    std::int64_t to;  // 0: no raise
  };
  const Share step = Share::percent(20);
  for (const Row& row : std::initializer_list<Row>{
           {"a fifth more", 200, 10, step, 2000, 240},
           {"rounded up to ten", 201, 10, step, 2000, 250},
           {"201 + 41 = 242", 201, 10, step, 2000, 250},
           {"a multiple of ten stays", 100, 5, step, 2000, 120},
           {"at least what is wanted", 200, 77, step, 2000, 280},
           {"the ceiling need be no multiple of ten", 200, 10, step, 233, 233},
           {"and it cuts what was rounded up", 231, 12, step, 260, 260},
           {"just the wanted seats below the ceiling", 200, 10, step, 210, 210},
           {"one seat fewer", 200, 10, step, 209, 0},
           {"at the ceiling", 2000, 100, step, 2000, 0},
           {"above it: the plan was lowered", 6000, 300, step, 2000, 0},
           {"a step in seats", 200, 10, Share::count(100), 2000, 300},
           {"a step of more seats than there are", 5, 1, Share::count(30), 2000, 40},
           {"a step below what is wanted", 200, 10, Share::count(1), 2000, 210},
           {"a tiny group", 3, 1, step, 2000, 10},
           {"1 %, at least one seat", 20, 1, Share::percent(1), 2000, 30},
           {"the largest there is", 999'999, 1, Share::percent(100), 1'000'000, 1'000'000},
       }) {
    CapacityRules rules = rules_of("Public:" + std::to_string(row.ceiling));
    rules.step = row.step;
    const RaiseChoice choice = choose_raise(rules, full(row.limit, row.wanted));
    EXPECT_EQ(choice.to, row.to) << row.what;
    EXPECT_EQ(choice.why_not, row.to == 0 ? NoRaise::kAtCeiling : NoRaise::kNone) << row.what;
    EXPECT_EQ(choice.to % 10, choice.to == row.ceiling ? row.ceiling % 10 : 0) << row.what;
  }
}

TEST(Raise, MembersBeyondTheLimitNeedSeatsToo) {
  RaiseFacts facts = full(200, 10);
  facts.members = 208;
  EXPECT_EQ(choose_raise(rules_of("Public:217"), facts).why_not, NoRaise::kAtCeiling) << "9 of 10 would be free";
  EXPECT_EQ(choose_raise(rules_of("Public:218"), facts).to, 218);
  EXPECT_EQ(choose_raise(rules_of("Public:2000", "", Share::count(1)), facts).to, 220);
}

TEST(Raise, NumbersThatNobodyMeansDoNotOverflow) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(choose_raise(rules_of("Public:2000"), full(kHuge, kHuge / 2)).why_not, NoRaise::kAtCeiling);
  EXPECT_EQ(choose_raise(rules_of("Public:2000"), full(200, kHuge / 2)).why_not, NoRaise::kAtCeiling);
}

TEST(Raise, ATypeWithoutACeilingIsNeverRaised) {
  const CapacityRules rules = rules_of("Public:2000, Meeting:500");
  EXPECT_EQ(choose_raise(rules, full(200, 10, "Private")).why_not, NoRaise::kNoCeiling);
  EXPECT_EQ(choose_raise(rules, full(200, 10, "Community")).why_not, NoRaise::kNoCeiling);
  EXPECT_EQ(choose_raise(rules, full(200, 10, "AVChatRoom")).why_not, NoRaise::kNoCeiling);
  EXPECT_EQ(choose_raise(rules, full(200, 10, "")).why_not, NoRaise::kNoCeiling);
  EXPECT_EQ(choose_raise(rules, full(480, 10, "ChatRoom")).to, 500) << "Meeting is ChatRoom's other name";
  EXPECT_EQ(choose_raise(rules, full(480, 10, "Meeting")).to, 500);
}

TEST(Raise, OtherLimitsThanAPlansDefaultWereSetOnPurpose) {
  const CapacityRules rules = rules_of("Public:2000", "200, 500");
  EXPECT_EQ(choose_raise(rules, full(200, 10)).to, 240);
  EXPECT_EQ(choose_raise(rules, full(500, 25)).to, 600);
  EXPECT_EQ(choose_raise(rules, full(240, 12)).why_not, NoRaise::kSetOnPurpose);
  RaiseFacts ours = full(240, 12);
  ours.set_by_headroom = true;
  EXPECT_EQ(choose_raise(rules, ours).to, 290);
}

TEST(Raise, ALearnedCeilingCountsLikeTheConfiguredOne) {
  RaiseFacts facts = full(200, 10);
  facts.learned = 215;
  EXPECT_EQ(choose_raise(rules_of("Public:2000"), facts).to, 215);
  facts.learned = 200;
  EXPECT_EQ(choose_raise(rules_of("Public:2000"), facts).why_not, NoRaise::kAtCeiling);
  facts.learned = 3000;
  EXPECT_EQ(choose_raise(rules_of("Public:220"), facts).to, 220) << "the lower of the two";
  EXPECT_EQ(choose_raise(rules_of("ChatRoom:220"), facts).why_not, NoRaise::kNoCeiling);
}

TEST(Raise, WhatWasPlannedIsAllowedOrNot) {
  RaiseFacts facts = full(200, 10);
  EXPECT_TRUE(allows_raise(rules_of("Public:240"), facts, 240));
  EXPECT_FALSE(allows_raise(rules_of("Public:239"), facts, 240));
  EXPECT_FALSE(allows_raise(rules_of("Private:2000"), facts, 240));
  EXPECT_FALSE(allows_raise(rules_of("Public:240", "500"), facts, 240));
  facts.learned = 239;
  EXPECT_FALSE(allows_raise(rules_of("Public:2000"), facts, 240));
}

TEST(Raise, TextOfCeilings) {
  EXPECT_EQ(Ceilings::parse("Public:2000, Meeting:500 ,Work: 30")->text(), "Private:30, Public:2000, ChatRoom:500");
  EXPECT_TRUE(Ceilings::parse("")->empty());
  EXPECT_TRUE(Ceilings::parse(" ")->empty());
  for (const char* wrong :
       {"Public", "Public:", "Public:0", "Public:-1", "Public:2k", "Public:1000001", ":2000", "Publik:2000",
        "AVChatRoom:5", "Public:2000,", ",Public:2000", "Public:2000;Private:5", "Meeting:5, ChatRoom:6", "public:5"}) {
    EXPECT_EQ(Ceilings::parse(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(DefaultLimits::parse("200,500 , 2000")->text(), "200, 500, 2000");
  EXPECT_TRUE(DefaultLimits::parse("")->empty());
  for (const char* wrong : {"0", "200,", "200 500", "5%", "x", "-1", "1000001"}) {
    EXPECT_EQ(DefaultLimits::parse(wrong), std::nullopt) << wrong;
  }
}

TEST(Raise, WhatACallTeaches) {
  struct Row {
    const char* what;
    RaiseAnswer answer;
    std::optional<LearnedCeiling> lesson;
  };
  const auto group = [](std::int64_t ceiling) { return LearnedCeiling{false, "g", ceiling}; };
  const auto type = [](std::int64_t ceiling) { return LearnedCeiling{true, "ChatRoom", ceiling}; };
  for (const Row& row : std::initializer_list<Row>{
           {"done", {.answered = true, .verified = 240}, std::nullopt},
           {"more than asked for: somebody else", {.answered = true, .verified = 500}, std::nullopt},
           {"silently cut", {.answered = true, .verified = 220}, group(220)},
           {"OK, and nothing set", {.answered = true, .verified = 200}, group(200)},
           {"OK, and lowered at once by the owner", {.answered = true, .verified = 150}, group(150)},
           {"OK, and nobody could look", {.answered = true, .verified = {}}, std::nullopt},
           {"a lost answer that changed nothing", {.verified = 200}, std::nullopt},
           {"a lost answer, and lowered meanwhile", {.verified = 150}, std::nullopt},
           {"a lost answer that was cut", {.verified = 220}, group(220)},
           {"a lost answer that was done", {.verified = 240}, std::nullopt},
           {"invalid", {.refused = true, .code = 10004, .verified = 200}, group(200)},
           {"no permission", {.refused = true, .code = 10007, .verified = {}}, group(200)},
           {"the plan's limit", {.refused = true, .code = 10038, .verified = {}}, type(200)},
           {"any other refusal", {.refused = true, .code = 80001, .verified = 200}, std::nullopt},
           {"gone", {.refused = true, .code = 10010, .verified = {}}, std::nullopt},
           {"an internal error is no refusal", {.code = 10002, .verified = 200}, std::nullopt},
       }) {
    EXPECT_EQ(lesson_of("g", GroupType::kChatRoom, 200, 240, row.answer), row.lesson) << row.what;
  }
}

Group a_full_group() {
  Group group;
  group.group_id = "g";
  group.type = "Public";
  group.member_count = 200;
  group.max_member_count = 200;
  return group;
}

std::optional<std::int64_t> suggestion(const Group& group, CapacityMode mode = CapacityMode::kSuggest,
                                       std::optional<std::int64_t> learned = std::nullopt) {
  CapacityRules rules = rules_of("Public:2000", "200");
  rules.mode = mode;
  return suggested_limit(rules, Share::percent(5), group, learned);
}

TEST(Raise, IsSuggestedForFullGroupsAlone) {
  EXPECT_EQ(suggestion(a_full_group()), 240);
  EXPECT_EQ(suggestion(a_full_group(), CapacityMode::kOff), std::nullopt);
  EXPECT_EQ(suggestion(a_full_group(), CapacityMode::kRaise), std::nullopt);
  EXPECT_EQ(suggestion(a_full_group(), CapacityMode::kSuggest, 230), 230);
  EXPECT_EQ(suggestion(a_full_group(), CapacityMode::kSuggest, 205), std::nullopt) << "ten seats are wanted";
  Group group = a_full_group();
  group.member_count = 199;
  EXPECT_EQ(suggestion(group), std::nullopt);
  group = a_full_group();
  group.max_member_count.reset();
  EXPECT_EQ(suggestion(group), std::nullopt) << "nobody has looked";
  group = a_full_group();
  group.member_count = 300;
  EXPECT_EQ(suggestion(group), std::nullopt) << "its members contradict the limit";
  group = a_full_group();
  group.type = "Private";
  EXPECT_EQ(suggestion(group), std::nullopt) << "no ceiling";
  group = a_full_group();
  group.member_count = group.max_member_count = 300;
  EXPECT_EQ(suggestion(group), std::nullopt) << "set on purpose";
  group.raised_to = 300;
  EXPECT_EQ(suggestion(group), 360);
}

TEST(Raise, IsNotSuggestedForGroupsThatAreLeftAlone) {
  Group group = a_full_group();
  for (const GroupState state : {GroupState::kPruning, GroupState::kHasRoom, GroupState::kGone}) {
    group.state = state;
    EXPECT_EQ(suggestion(group), std::nullopt) << static_cast<int>(state);
  }
  group.state = GroupState::kBlocked;
  for (int i = 1; i <= static_cast<int>(kLastBlockReason); ++i) {
    group.reason = static_cast<BlockReason>(i);
    const bool left_alone = group.reason == BlockReason::kExempt || group.reason == BlockReason::kUnsupportedType ||
                            group.reason == BlockReason::kOutOfScope || group.reason == BlockReason::kTooSmall;
    EXPECT_EQ(suggestion(group).has_value(), !left_alone) << i;
  }
}

}  // namespace
}  // namespace headroom
