#include "headroom/chat_errors.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <vector>

#include "headroom/reasons.h"

namespace headroom {
namespace {

// The whole of the published list by class, so that a row moved by accident is seen from the other side.
struct Class {
  ChatOutcome outcome;
  std::vector<int> codes;
};

const std::vector<Class>& classes() {
  static const std::vector<Class> kClasses = {
      {ChatOutcome::kDone, {0}},
      {ChatOutcome::kThrottled, {10006, 10023, 60007, 60011, 60018, 60019}},
      {ChatOutcome::kOutcomeUnknown, {10002, 60008, 60013, 60014, 70169, 70202, 70500, 90992, 90994, 90995, 91000}},
      {ChatOutcome::kCredentialsRejected,
       {60004, 60005, 60025, 70001, 70002, 70003, 70005, 70009, 70013, 70014, 70050, 70052}},
      {ChatOutcome::kOperatorNeeded,
       {10026, 60006, 60010, 60016, 60017, 60020, 60021, 60026, 60027, 60028, 70016, 70020, 70051, 70403, 71000, 72000,
        72002, 80005, 90009}},
      {ChatOutcome::kRefused,
       {10003, 10004, 10005, 10007, 10009, 10010, 10011, 10012, 10013, 10014, 10015, 10016, 10018, 10019,
        10021, 10025, 10036, 10037, 10038, 10054, 10058, 10059, 11000, 60002, 60003, 60009, 60012, 60015,
        70107, 70206, 70398, 70399, 70402, 80001, 80002, 80004, 90001, 90003, 90011, 90018, 90048}},
  };
  return kClasses;
}

// An operator reads them at night: what it means, and for what only people can mend, what to do.
TEST(ChatErrors, EveryPublishedCodeHasWords) {
  for (const Class& known : classes()) {
    for (const int code : known.codes) {
      if (code == 0) continue;
      EXPECT_NE(words_of(code).what, "") << code;
      const bool for_people = known.outcome != ChatOutcome::kRefused;
      EXPECT_TRUE(!for_people || !words_of(code).hint.empty()) << code;
    }
  }
  EXPECT_EQ(words_of(12345).what, "");
}

TEST(ChatErrors, ClassifiesEveryPublishedCode) {
  for (const Class& expected : classes()) {
    for (const int code : expected.codes) EXPECT_EQ(classify(code), expected.outcome) << code;
  }
}

TEST(ChatErrors, NothingElseIsKnown) {
  std::set<int> known;
  for (const Class& expected : classes()) known.insert(expected.codes.begin(), expected.codes.end());
  for (int code = -10; code < 100'000; ++code) {
    if (known.contains(code)) continue;
    ASSERT_EQ(classify(code), ChatOutcome::kRefused) << code;
  }
}

// A stranger's webhook, or a viewer's question, names any group and any account: what Chat says of those pauses nobody.
TEST(ChatErrors, NoCodeOfOneGroupItsTypeOrAnAccountStopsTheApp) {
  for (const int code : {10002, 10004, 10007, 10010, 10012, 10015, 10019, 10036, 10037, 10038,
                         10058, 10059, 11000, 60003, 60015, 70107, 70398, 90001, 90003, 90048}) {
    EXPECT_NE(classify(code), ChatOutcome::kOperatorNeeded) << code;
    EXPECT_NE(classify(code), ChatOutcome::kCredentialsRejected) << code;
  }
}

TEST(ChatErrors, UnknownCodesAreNeverDone) {
  for (const int code : {-1, 1, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()}) {
    EXPECT_EQ(classify(code), ChatOutcome::kRefused) << code;
  }
}

TEST(ChatErrors, GoneIsTheGroupAndNothingElse) {
  EXPECT_TRUE(means_gone(10010));
  EXPECT_TRUE(means_gone(10015));
  EXPECT_FALSE(means_gone(0));
  EXPECT_FALSE(means_gone(10007));
}

}  // namespace
}  // namespace headroom
