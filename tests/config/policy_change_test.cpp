#include "config/policy_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using testing::HasSubstr;

std::string why_not(const std::string& key, const std::string& value) {
  const auto change = policy_change({{key, value}});
  const auto* denied = std::get_if<Denied>(&change);
  if (denied == nullptr) return "it is allowed";
  EXPECT_EQ(denied->kind, Denied::kInvalid);
  return denied->detail;
}

TEST(PolicyChange, OnlyTheGivenKeysDiffer) {
  Policy from;
  from.inactive_for = 7 * kDayMs;
  from.max_removals_per_run = 3;
  const auto change = policy_change({{"inactive_for", "60d"}, {"target_headroom", "12"}, {"protect_online", "false"}});
  Policy expected = from;
  expected.inactive_for = 60 * kDayMs;
  expected.target_headroom = Share::count(12);
  expected.protect_online = false;
  EXPECT_EQ(std::get<PolicyChange>(change)(from), expected);
  EXPECT_EQ(std::get<PolicyChange>(policy_change({}))(from), from);
}

TEST(PolicyChange, WhatIsNotAllowedIsNamed) {
  EXPECT_THAT(why_not("inactive_fro", "60d"), HasSubstr("did you mean inactive_for?"));
  EXPECT_THAT(why_not("stale_after", "60d"), HasSubstr("not known: \"stale_after\""));
  EXPECT_THAT(why_not("", "x"), HasSubstr("not known"));
  EXPECT_THAT(why_not("policy.inactive_for", "60d"), HasSubstr("not known")) << "the section is said already";
  EXPECT_THAT(why_not("inactive_for", "60"), HasSubstr("a duration needs a unit: 60s"));
  EXPECT_THAT(why_not("inactive_for", "10s"), HasSubstr("allowed: 1m..3650d"));
  EXPECT_THAT(why_not("max_removals_per_run", "-1"), HasSubstr("max_removals_per_run"));
  EXPECT_THAT(why_not("protect_online", "maybe"), HasSubstr("allowed: true false"));
  EXPECT_THAT(why_not("only_groups", std::string(600, 'a')), HasSubstr("up to 1000 patterns"));
  EXPECT_LT(why_not(std::string(1000000, 'k'), "1").size(), 500U);
  EXPECT_LT(why_not("inactive_for", std::string(1000000, '9')).size(), 500U);
  const auto twice = policy_change({{"silence", "true"}, {"silence", "false"}});
  EXPECT_THAT(std::get<Denied>(twice).detail, HasSubstr("twice"));
}

}  // namespace
}  // namespace headroom
