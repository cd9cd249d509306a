#include "app/forgetting.h"

#include <gtest/gtest.h>

#include "tests/app/store_fixture.h"

namespace headroom {
namespace {

using ForgettingTest = StoreFixture;

// So many steps that each kind has had its turn.
void forget(Forgetting& forgetting, TimeMs now) {
  for (int i = 0; i < 20; ++i) now = forgetting.step(now, Settings());
}

TEST_F(ForgettingTest, AnswersAreKeptForADay) {
  const std::string request(64, 'a');
  commit([&](Storage& storage) {
    storage.keep_answer({"ops", "old", request}, {request, 200, "", ""}, kNow - kDayMs);
    storage.keep_answer({"ops", "young", request}, {request, 200, "", ""}, kNow);
  });
  Forgetting forgetting(*this);
  forget(forgetting, kNow);
  EXPECT_FALSE(storage_->find_answer({"ops", "old", request}, 0));
  EXPECT_TRUE(storage_->find_answer({"ops", "young", request}, 0));
}

}  // namespace
}  // namespace headroom
