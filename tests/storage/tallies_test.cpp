#include <random>

#include "tests/storage/backend.h"

// Counts are kept as rows come and go: they must be what counting would say.
namespace headroom::test {
namespace {

using TallyStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(TallyStorageTest);

// Around a minute's and an hour's end, and far away.
const std::vector<TimeMs> kMoments = {kNow - 90 * kDayMs,
                                      kNow - 25 * kHourMs,
                                      kNow / kHourMs* kHourMs - 1,
                                      kNow / kHourMs* kHourMs,
                                      kNow - kMinuteMs,
                                      kNow - 1,
                                      kNow,
                                      kNow / kMinuteMs* kMinuteMs + kMinuteMs - 1,
                                      kNow + kMinuteMs,
                                      kNow + 2 * kHourMs,
                                      kNow + 400 * kDayMs};

TEST_P(TallyStorageTest, GroupsAreCountedWhereverTheyMove) {
  std::mt19937 random(7);
  const auto moment = [&]() -> std::optional<TimeMs> {
    const auto which = random() % (kMoments.size() + 1);
    if (which == kMoments.size()) return std::nullopt;
    return kMoments[which];
  };
  std::map<std::string, Group> groups;
  for (int round = 0; round < 40; ++round) {
    write([&](Transaction& s) {
      for (int i = 0; i < 20; ++i) {
        const std::string id = "g" + std::to_string(random() % 40);
        if (random() % 5 == 0) {
          s.delete_group(id);
          groups.erase(id);
          continue;
        }
        Group& group = groups[id];
        group.group_id = id;
        group.state = static_cast<GroupState>(random() % kGroupStates);
        const auto reason = random() % (static_cast<unsigned>(kLastBlockReason) + 1);
        group.reason = group.state == GroupState::kBlocked ? static_cast<BlockReason>(reason) : BlockReason::kNone;
        group.full_since = moment();
        group.next_check_at = moment();
        group.observed_at = moment();
        group.id = s.save_group(group);
      }
    });
    std::map<BlockReason, std::int64_t> blocked;
    std::optional<TimeMs> oldest;
    for (const auto& [id, group] : groups) {
      if (group.state == GroupState::kBlocked) ++blocked[group.reason];
      const bool older = group.full_since && (!oldest || *group.full_since < *oldest);
      if (group.state == GroupState::kFull && older) oldest = group.full_since;
    }
    Counts all = storage().counts(kNow, kNow);
    std::erase_if(all.blocked, [](const auto& entry) { return entry.second == 0; });
    ASSERT_EQ(all.blocked, blocked);
    ASSERT_EQ(all.oldest_full_since, oldest);
    for (const TimeMs at : kMoments) {
      std::int64_t stale = 0;
      std::int64_t due = 0;
      for (const auto& [id, group] : groups) {
        stale += group.state == GroupState::kFull && group.full_since && *group.full_since <= at ? 1 : 0;
        due += group.next_check_at && *group.next_check_at <= at ? 1 : 0;
      }
      const Counts counts = storage().counts(at, at);
      ASSERT_EQ(counts.stale_full, stale) << at;
      ASSERT_EQ(counts.due, due) << at;
    }
  }
}

// New ones are counted at the end of their transaction, or before anything else happens to one of them.
TEST_P(TallyStorageTest, NewGroupsThatGoInTheSameTransactionAreNotCounted) {
  const auto add = [](Transaction& s, const std::string& id) {
    Group group;
    group.group_id = id;
    group.full_since = kNow;
    group.next_check_at = kNow;
    s.save_group(group);
  };
  write([&](Transaction& s) {
    for (const char* id : {"a", "b", "c"}) add(s, id);
    EXPECT_EQ(s.evict_unconfirmed_groups(2, 10), 1);
    add(s, "d");
    s.delete_group("d");
    EXPECT_EQ(s.counts(kNow, kNow).due, 2);
    add(s, "e");
    EXPECT_EQ(s.timeline(TimelineUnit::kHour, kNow, kNow)[0].groups_filled, 5);
    EXPECT_THROW(storage().savepoint([&] {
      add(s, "f");
      throw std::runtime_error("undone");
    }),
                 std::runtime_error);
  });
  EXPECT_EQ(storage().counts(kNow, kNow).stale_full, 3);
  EXPECT_EQ(storage().counts(kNow, kNow).due, 3);
  EXPECT_EQ(storage().timeline(TimelineUnit::kHour, kNow, kNow)[0].groups_filled, 5);
}

TEST_P(TallyStorageTest, EventsAreCountedAcrossMinutesHoursAndDays) {
  std::vector<TimeMs> received;
  write([&](Transaction& s) {
    for (TimeMs ago = 30 * kHourMs; ago >= 0; ago -= 7 * kMinuteMs + 13) received.push_back(kNow - ago);
    for (const TimeMs at : received) s.insert_event(full_event("g", at));
  });
  const auto since = [&](DurationMs ago) {
    return std::count_if(received.begin(), received.end(), [&](TimeMs at) { return at > kNow - ago; });
  };
  EXPECT_EQ(storage().counts(kNow, kNow).events_last_hour, since(kHourMs));
  EXPECT_EQ(storage().counts(kNow, kNow).events_last_day, since(kDayMs));
}

TEST_P(TallyStorageTest, ARepeatIsNotCounted) {
  Event event = full_event("g", kNow);
  event.fingerprint = fingerprint(1);
  write([&](Transaction& s) {
    s.insert_event(event);
    s.insert_event(event);
  });
  EXPECT_EQ(storage().counts(kNow, kNow).events_last_hour, 1);
}

TEST_P(TallyStorageTest, RunsAreCountedInTheStateThatTheyHaveNow) {
  headroom::Run run = a_run("a", RunState::kRunning, RunMode::kPrune, kNow - 5 * kHourMs);
  run.id = write([&](Transaction& s) { return s.insert_run(run); });
  run.state = RunState::kAwaitingApproval;
  write([&](Transaction& s) { s.update_run(run); });
  EXPECT_EQ(storage().counts(kNow, kNow).runs_awaiting_approval, 1);
  EXPECT_EQ(storage().counts(kNow, kNow).runs_last_day,
            (std::map<RunState, std::int64_t>{{RunState::kAwaitingApproval, 1}}));
  run.state = RunState::kExpired;
  write([&](Transaction& s) { s.update_run(run); });
  EXPECT_EQ(storage().counts(kNow, kNow).runs_awaiting_approval, 0);
  EXPECT_EQ(storage().counts(kNow, kNow).runs_last_day, (std::map<RunState, std::int64_t>{{RunState::kExpired, 1}}));
}

// The tallies of its minute are gone by then; what is closed late must still be stored.
TEST_P(TallyStorageTest, ARunOfLongAgoChangesItsState) {
  std::vector<headroom::Run> old;
  for (int i = 0; i < 3; ++i) {
    old.push_back(a_run("g" + std::to_string(i), RunState::kRunning, RunMode::kPrune, kNow - 40 * kDayMs));
  }
  write([&](Transaction& s) {
    for (headroom::Run& run : old) run.id = s.insert_run(run);
    s.insert_run(a_run("young", RunState::kFailed));
  });
  for (const RunState state : {RunState::kPartial, RunState::kFailed, RunState::kSucceeded}) {
    write([&](Transaction& s) {
      for (headroom::Run& run : old) {
        run.state = state;
        s.update_run(run);
      }
    });
  }
  EXPECT_EQ(storage().counts(kNow, kNow).runs_last_day, (std::map<RunState, std::int64_t>{{RunState::kFailed, 1}}));
}

TEST_P(TallyStorageTest, AMemberThatIsSentAgainIsOneRemoval) {
  write([&](Transaction& s) {
    const auto id = s.insert_run(a_run("a"));
    s.insert_run_members(id, {selected("1"), selected("2")});
    s.mark_sent(id, {"1", "2"}, kNow - 30 * kHourMs);
    s.mark_sent(id, {"1"}, kNow - 2 * kHourMs);
    s.mark_sent(id, {"1"}, kNow);
  });
  EXPECT_EQ(storage().removal_usage(kNow - kDayMs, std::nullopt).sent, 1);
  EXPECT_EQ(storage().removal_usage(kNow - kDayMs, std::nullopt).oldest_sent_at, kNow);
  EXPECT_EQ(storage().counts(kNow, kNow).removals_last_day, 1);
}

TEST_P(TallyStorageTest, WhatIsRolledBackWasNeverCounted) {
  storage().begin();
  storage().insert_event(full_event("g", kNow));
  storage().save_group(full_group("g", kNow));
  storage().rollback();
  const Counts counts = storage().counts(kNow, kNow);
  EXPECT_EQ(counts.events_last_hour, 0);
  EXPECT_EQ(counts.due, 0);
  EXPECT_EQ(counts.stale_full, 0);
}

}  // namespace
}  // namespace headroom::test
