#include "tests/storage/backend.h"

// Answers to requests with an Idempotency-Key, and the timeline.
namespace headroom::test {
namespace {

using KeptAnswerStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(KeptAnswerStorageTest);

const std::string kRequest(64, 'a');

KeptAnswer answer(const std::string& body) { return {kRequest, 202, "/api/v1/runs/12", body}; }

TEST_P(KeptAnswerStorageTest, KeepsAnAnswerAsItWas) {
  write([&](Transaction& s) { s.keep_answer({"ops", "k", kRequest}, answer("{\"it's\":\"\"}"), kNow); });
  backend().reopen();
  const auto found = storage().find_answer({"ops", "k", ""}, kNow - 1);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->request, kRequest);
  EXPECT_EQ(found->status, 202);
  EXPECT_EQ(found->location, "/api/v1/runs/12");
  EXPECT_EQ(found->body, "{\"it's\":\"\"}");
  EXPECT_FALSE(storage().find_answer({"ops", "k", ""}, kNow));
  EXPECT_FALSE(storage().find_answer({"others", "k", ""}, kNow - 1));
  EXPECT_FALSE(storage().find_answer({"ops", "K", ""}, kNow - 1));
}

TEST_P(KeptAnswerStorageTest, AKeyIsUsedAgainAfterItsTime) {
  write([&](Transaction& s) { s.keep_answer({"ops", "k", kRequest}, answer("old"), kNow); });
  write([&](Transaction& s) { s.keep_answer({"ops", "k", kRequest}, answer("new"), kNow + kDayMs); });
  EXPECT_EQ(storage().find_answer({"ops", "k", ""}, kNow)->body, "new");
}

TEST_P(KeptAnswerStorageTest, IsForgottenAFewAtATime) {
  EXPECT_EQ(storage().kept_answers(), 0);
  write([&](Transaction& s) {
    for (int i = 0; i < 5; ++i) s.keep_answer({"ops", "k" + std::to_string(i), kRequest}, answer(""), kNow + i);
  });
  EXPECT_EQ(storage().kept_answers(), 5);
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_answers_before(kNow + 2, 2); }), 2);
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_answers_before(kNow + 2, 2); }), 1);
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_answers_before(kNow + 2, 2); }), 0);
  EXPECT_EQ(storage().kept_answers(), 2);
  // A key of every day does not let it look as if there were ever more of them.
  for (int day = 1; day < 9; ++day) {
    write([&](Transaction& s) { s.keep_answer({"ops", "k3", kRequest}, answer(""), kNow + day * kDayMs); });
    write([&](Transaction& s) { return s.delete_answers_before(kNow + (day - 1) * kDayMs + 4, 10); });
  }
  EXPECT_EQ(storage().kept_answers(), 1);
}

TEST_P(KeptAnswerStorageTest, GoesWithTheChangeThatWasUndone) {
  storage().begin();
  storage().keep_answer({"ops", "k", kRequest}, answer(""), kNow);
  storage().rollback();
  EXPECT_FALSE(storage().find_answer({"ops", "k", ""}, 0));
}

using TimelineStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(TimelineStorageTest);

constexpr TimeMs kDay = kNow / kDayMs * kDayMs;

TEST_P(TimelineStorageTest, CountsByHourAndByDay) {
  write([&](Transaction& s) {
    s.insert_event(full_event("a", kDay));
    s.insert_event(full_event("a", kDay + kHourMs - 1));
    s.insert_event(full_event("a", kDay + kHourMs));
    s.insert_event(full_event("a", kDay + kDayMs));
    Group group = full_group("a");
    group.full_since = kDay + 5;
    group.id = s.save_group(group);
    group.full_since.reset();
    group.state = GroupState::kHasRoom;
    s.save_group(group);
    group.full_since = kDay + 2 * kHourMs;
    group.state = GroupState::kFull;
    s.save_group(group);
    const auto id = s.insert_run(a_run("a"));
    s.insert_run_members(id, {selected("1"), selected("2"), kept("k")});
    s.mark_sent(id, {"1", "2"}, kDay + 2 * kHourMs + 1);
  });
  const auto hours = storage().timeline(TimelineUnit::kHour, kDay + kMinuteMs, kDay + 3 * kHourMs);
  ASSERT_EQ(hours.size(), 4u);
  const std::vector<std::array<std::int64_t, 3>> expected = {{2, 1, 0}, {1, 0, 0}, {0, 1, 2}, {0, 0, 0}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(hours[i].start, kDay + static_cast<TimeMs>(i) * kHourMs);
    EXPECT_EQ((std::array{hours[i].events, hours[i].groups_filled, hours[i].removals}), expected[i]) << i;
  }
  const auto days = storage().timeline(TimelineUnit::kDay, kDay - 1, kDay + kDayMs);
  ASSERT_EQ(days.size(), 3u);
  EXPECT_EQ(days[0].start, kDay - kDayMs);
  EXPECT_EQ(days[0].events, 0);
  EXPECT_EQ((std::array{days[1].events, days[1].groups_filled, days[1].removals}),
            (std::array<std::int64_t, 3>{3, 2, 2}));
  EXPECT_EQ(days[2].events, 1);
}

}  // namespace
}  // namespace headroom::test
