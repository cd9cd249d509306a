#include "app/forgetting.h"

#include <gtest/gtest.h>

#include "tests/app/test_database.h"

namespace headroom {
namespace {

using app_test::kNow;

// So many steps that each kind has had its turn.
void forget(Forgetting& forgetting, TimeMs now) {
  for (int i = 0; i < 20; ++i) now = forgetting.step(now, Settings());
}

TEST(Forgetting, AnswersAreKeptForADay) {
  app_test::TestDatabase database;
  const std::string request(64, 'a');
  database.commit([&](Storage& storage) {
    storage.keep_answer({"ops", "old", request}, {request, 200, "", ""}, kNow - kDayMs);
    storage.keep_answer({"ops", "young", request}, {request, 200, "", ""}, kNow);
  });
  Forgetting forgetting(database);
  forget(forgetting, kNow);
  EXPECT_FALSE(database.storage().find_answer({"ops", "old", request}, 0));
  EXPECT_TRUE(database.storage().find_answer({"ops", "young", request}, 0));
}

}  // namespace
}  // namespace headroom
