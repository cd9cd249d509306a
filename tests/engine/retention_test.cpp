#include "engine/schedule/retention.h"

#include <gtest/gtest.h>

#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

using support::kNow;

// So many steps that each kind has had its turn.
void forget(Retention& retention, TimeMs now) {
  SteadyMs at;
  for (int i = 0; i < 20; ++i) at = retention.step({now, now, now - kAnswersKept}, at, Settings());
}

TEST(Retention, AnswersAreKeptForADay) {
  support::TestDatabase database;
  const std::string request(64, 'a');
  database.commit([&](Transaction& storage) {
    storage.keep_answer({"ops", "old", request}, {request, 200, "", ""}, kNow - kDayMs);
    storage.keep_answer({"ops", "young", request}, {request, 200, "", ""}, kNow);
  });
  VirtualClock clock(kNow);
  Retention retention(database, clock);
  forget(retention, kNow);
  EXPECT_FALSE(database.storage().find_answer({"ops", "old", request}, 0));
  EXPECT_TRUE(database.storage().find_answer({"ops", "young", request}, 0));
}

// Webhooks wait for each step, and for the disk to write what it has changed.
TEST(Retention, AStepIsSmall) {
  support::TestDatabase database;
  constexpr int kOld = 100;
  database.commit([&](Transaction& storage) {
    const std::string request(64, 'a');
    for (int i = 0; i < kOld; ++i) {
      storage.keep_answer({"ops", std::to_string(i), request}, {request, 200, "", ""}, 0);
    }
  });
  VirtualClock clock(kNow);
  Retention retention(database, clock);
  SteadyMs at;
  int last = kOld;
  for (int i = 0; i < 20; ++i) {
    at = retention.step({kNow, kNow, kNow - kAnswersKept}, at, Settings());
    const int left = static_cast<int>(database.storage().kept_answers());
    EXPECT_LE(last - left, 10);
    last = left;
  }
  EXPECT_EQ(last, 0);
}

// In observe nobody has checked the clock: it may forget what it has stored by itself, but nobody's protection.
TEST(Retention, AnExemptionGoesByAClockThatChatHasAgreedWithAlone) {
  support::TestDatabase database;
  Exemption exemption;
  exemption.kind = ExemptionKind::kMember;
  exemption.subject = "u";
  exemption.expires_at = kNow;
  database.commit([&](Transaction& storage) { storage.put_exemption(exemption); });
  VirtualClock clock(kNow);
  Retention retention(database, clock);
  const TimeMs ahead = kNow + 100 * kDayMs;
  SteadyMs at;
  for (int i = 0; i < 20; ++i) at = retention.step({ahead, std::nullopt, 0}, at, Settings());
  EXPECT_TRUE(database.storage().find_exemption(ExemptionKind::kMember, "u", kNow - 1));
  for (int i = 0; i < 20; ++i) at = retention.step({ahead, ahead, 0}, at, Settings());
  EXPECT_FALSE(database.storage().find_exemption(ExemptionKind::kMember, "u", kNow - 1));
}

}  // namespace
}  // namespace headroom
