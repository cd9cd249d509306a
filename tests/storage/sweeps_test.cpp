#include <limits>

#include "tests/storage/backend.h"
#include "tests/support/reason_words.h"

namespace headroom::test {
namespace {

using SweepStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(SweepStorageTest);

Sweep a_sweep(SweepState state = SweepState::kFinished, bool dry_run = false) {
  Sweep sweep;
  sweep.state = state;
  sweep.dry_run = dry_run;
  sweep.position = first_position();
  sweep.started_at = kNow;
  return sweep;
}

TEST_P(SweepStorageTest, KeepsEveryField) {
  Sweep sweep = a_sweep(SweepState::kRunning, true);
  sweep.id = write([&](Transaction& s) { return s.insert_sweep(sweep); });
  EXPECT_GT(sweep.id, 0);
  sweep.state = SweepState::kFailed;
  sweep.reason = Reason::of_chat(10004);
  sweep.position = {"Community", std::numeric_limits<std::uint64_t>::max()};
  sweep.groups_listed = 4;
  sweep.groups_read = 3;
  sweep.groups_full = 2;
  sweep.groups_new = 1;
  sweep.finished_at = kNow + 7;
  write([&](Transaction& s) { s.update_sweep(sweep); });
  backend().reopen();
  const auto stored = backend().open_view()->find_sweep(sweep.id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->state, SweepState::kFailed);
  EXPECT_EQ(stored->reason, "chat_error_10004");
  EXPECT_TRUE(stored->dry_run);
  EXPECT_EQ(stored->position, sweep.position) << "64 bits";
  EXPECT_EQ(stored->groups_listed, 4);
  EXPECT_EQ(stored->groups_read, 3);
  EXPECT_EQ(stored->groups_full, 2);
  EXPECT_EQ(stored->groups_new, 1);
  EXPECT_EQ(stored->started_at, kNow);
  EXPECT_EQ(stored->finished_at, kNow + 7);
  EXPECT_FALSE(storage().find_sweep(sweep.id + 1));
}

TEST_P(SweepStorageTest, FindsTheRunningOneAndTheLastThatCounted) {
  EXPECT_FALSE(storage().running_sweep());
  EXPECT_FALSE(storage().last_sweep());
  const auto real = write([&](Transaction& s) { return s.insert_sweep(a_sweep()); });
  const auto dry = write([&](Transaction& s) { return s.insert_sweep(a_sweep(SweepState::kFinished, true)); });
  EXPECT_GT(dry, real);
  EXPECT_EQ(storage().last_sweep()->id, real);
  EXPECT_FALSE(storage().running_sweep());
  const auto running = write([&](Transaction& s) { return s.insert_sweep(a_sweep(SweepState::kRunning)); });
  EXPECT_EQ(storage().running_sweep()->id, running);
  EXPECT_EQ(storage().last_sweep()->id, running);
}

TEST_P(SweepStorageTest, OnlyOneRuns) {
  write([&](Transaction& s) { s.insert_sweep(a_sweep(SweepState::kRunning)); });
  storage().begin();
  EXPECT_THROW(storage().insert_sweep(a_sweep(SweepState::kRunning, true)), StorageError);
  storage().rollback();
}

TEST_P(SweepStorageTest, ListsNewestFirst) {
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 7; ++i) {
    ids.insert(ids.begin(), write([&](Transaction& s) { return s.insert_sweep(a_sweep()); }));
  }
  for (const int limit : {1, 3, 7, 50}) {
    EXPECT_EQ(all_ids(limit, [&](const PageRequest& page) { return storage().sweeps(page); }), ids);
  }
}

TEST_P(SweepStorageTest, KeepsTheNewestThousand) {
  storage().begin();
  for (int i = 0; i < Transaction::kMaxSweeps + 20; ++i) storage().insert_sweep(a_sweep());
  storage().commit();
  const auto ids = all_ids(1000, [&](const PageRequest& page) { return storage().sweeps(page); });
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(Transaction::kMaxSweeps));
  EXPECT_EQ(ids.front(), Transaction::kMaxSweeps + 20);
}

TEST_P(SweepStorageTest, CountsKnowWhenOneWasFinished) {
  EXPECT_EQ(storage().counts(kNow, kNow).last_sweep_at, std::nullopt);
  const auto ended = [&](SweepState state, TimeMs at) {
    Sweep sweep = a_sweep(state);
    sweep.finished_at = at;
    write([&](Transaction& s) { return s.insert_sweep(sweep); });
  };
  ended(SweepState::kFinished, kNow - 9);
  ended(SweepState::kFailed, kNow - 5);
  EXPECT_EQ(storage().counts(kNow, kNow).last_sweep_at, kNow - 9);
}

}  // namespace
}  // namespace headroom::test
