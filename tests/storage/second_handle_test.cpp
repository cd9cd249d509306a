#include <atomic>
#include <numeric>
#include <thread>

#include "headroom/again.h"
#include "stored/pause.h"
#include "tests/storage/backend.h"

// Several that write to one store, and those who read beside them.
namespace headroom::test {
namespace {

class SecondHandleTest : public StorageTest {
 protected:
  // In a transaction of its own, which is tried again when another was in its way.
  template <typename Work>
  static void write_to(Store& store, Work&& work) {
    tried_again(
        [&] {
          begin(store);
          try {
            work(store);
            store.commit();
          } catch (...) {
            store.rollback();
            throw;
          }
        },
        stored::sleep_after);
  }
  // SQLite has one writer at a time, and waits for it for two seconds.
  static void begin(Store& store) {
    for (int tries = 0;; ++tries) {
      try {
        return store.begin();
      } catch (const StorageError& error) {
        if (error.kind() != StorageError::Kind::kOther || tries == 30) throw;
      }
    }
  }
  template <typename Work>
  static void at_once(Work&& first, Work&& second) {
    std::thread other(std::forward<Work>(second));
    first();
    other.join();
  }
  static Event event_of(std::uint8_t number) {
    Event event = full_event("g" + std::to_string(number));
    event.fingerprint = fingerprint(number);
    return event;
  }

  const std::unique_ptr<Store> second_ = backend().open_second();
};
HEADROOM_ALL_BACKENDS(SecondHandleTest);

TEST_P(SecondHandleTest, EachSeesWhatTheOtherHasCommitted) {
  Group group = full_group("g");
  write_to(storage(), [&](Store& s) { group.id = s.save_group(group); });
  write_to(*second_, [&](Store& s) {
    Group seen = s.find_group("g").value();
    EXPECT_EQ(seen.id, group.id);
    seen.name = "by the second";
    ++seen.full_events;
    s.save_group(seen);
    s.insert_run(a_run("g"));
  });
  write_to(storage(), [&](Store& s) {
    EXPECT_EQ(s.find_group("g")->name, "by the second");
    EXPECT_EQ(s.find_group("g")->full_events, 2);
    EXPECT_TRUE(s.open_run("g"));
    s.delete_group("g");
  });
  EXPECT_FALSE(second_->find_group("g"));
}

// What is read to be changed: a group, a run, a setting. Each kind alone, so that no lock stands in for another.
TEST_P(SecondHandleTest, WhatBothReadAndChangeIsChangedByBoth) {
  std::int64_t run_id = 0;
  write_to(storage(), [&](Store& s) {
    s.save_group(full_group("g"));
    run_id = s.insert_run(a_run("g", RunState::kAwaitingApproval));
    s.put_setting("n", "0");
  });
  constexpr int kEach = 40;
  const auto both = [this](const std::function<void(Store&)>& change) {
    const auto all = [&change](Store& store) {
      return std::function<void()>([&change, &store] {
        for (int i = 0; i < kEach; ++i) write_to(store, change);
      });
    };
    at_once(all(storage()), all(*second_));
  };
  const std::int64_t before = storage().find_group("g")->full_events;
  both([](Store& s) {
    Group group = s.find_group("g").value();
    ++group.full_events;
    s.save_group(group);
  });
  both([run_id](Store& s) {
    auto run = s.find_run(run_id).value();
    ++run.considered;
    s.update_run(run);
  });
  both([](Store& s) {
    auto run = s.open_run("g").value();
    ++run.eligible;
    s.update_run(run);
  });
  both([](Store& s) { s.put_setting("n", std::to_string(std::stoi(s.setting("n").value()) + 1)); });
  EXPECT_EQ(storage().find_group("g")->full_events, before + 2 * kEach);
  EXPECT_EQ(storage().find_run(run_id)->considered, a_run("g").considered + 2 * kEach);
  EXPECT_EQ(storage().find_run(run_id)->eligible, a_run("g").eligible + 2 * kEach);
  EXPECT_EQ(storage().setting("n"), std::to_string(2 * kEach));
}

TEST_P(SecondHandleTest, TheSameEventFromBothAtOnceIsStoredOnce) {
  std::atomic<int> stored = 0;
  const auto all = [&](Store& store) {
    return std::function<void()>([&] {
      for (std::uint8_t i = 1; i <= 20; ++i) {
        bool is_new = false;
        write_to(store, [&](Store& s) { is_new = s.insert_event(event_of(i)).has_value(); });
        if (is_new) ++stored;
      }
    });
  };
  at_once(all(storage()), all(*second_));
  EXPECT_EQ(stored, 20);
  EXPECT_EQ(storage().events({}, {.limit = 100}).items.size(), 20u);
  EXPECT_EQ(storage().counts(kNow, kNow).events_last_hour, 20);
}

// Two of a kind meet with several events in one transaction each, in an order in which each may wait for the other.
TEST_P(SecondHandleTest, TheSameEventsInOppositeOrdersAreStoredOnce) {
  const auto all = [&](Store& store, bool upwards) {
    return std::function<void()>([&, upwards] {
      for (std::uint8_t batch = 0; batch < 10; ++batch) {
        write_to(store, [&](Store& s) {
          for (std::uint8_t i = 0; i < 5; ++i) {
            const auto place = static_cast<std::uint8_t>(upwards ? i : 4 - i);
            s.insert_event(event_of(static_cast<std::uint8_t>(1 + batch * 5 + place)));
          }
        });
      }
    });
  };
  at_once(all(storage(), true), all(*second_, false));
  EXPECT_EQ(storage().events({}, {.limit = 100}).items.size(), 50u);
  EXPECT_EQ(storage().counts(kNow, kNow).events_last_hour, 50);
}

TEST_P(SecondHandleTest, WhatTheFirstUndoesTheSecondMayStore) {
  std::optional<std::int64_t> id;
  storage().begin();
  storage().insert_event(event_of(1));
  std::thread other([&] { write_to(*second_, [&](Store& s) { id = s.insert_event(event_of(1)); }); });
  storage().rollback();
  other.join();
  EXPECT_TRUE(id);
  EXPECT_EQ(storage().events({}, {}).items.size(), 1u);
}

TEST_P(SecondHandleTest, AGroupGetsOneOpenRunWhoeverAsks) {
  std::atomic<int> begun = 0;
  std::atomic<int> refused = 0;
  const auto all = [&](Store& store) {
    return std::function<void()>([&] {
      for (int i = 0; i < 20; ++i) {
        try {
          write_to(store, [&](Store& s) { s.insert_run(a_run("g" + std::to_string(i))); });
          ++begun;
        } catch (const StorageError& error) {
          EXPECT_EQ(error.kind(), StorageError::Kind::kOther);
          ++refused;
        }
      }
    });
  };
  at_once(all(storage()), all(*second_));
  EXPECT_EQ(begun, 20);
  EXPECT_EQ(refused, 20);
  EXPECT_EQ(storage().running_runs().size(), 20u);
}

TEST_P(SecondHandleTest, NothingIsCountedTwiceOrNotAtAll) {
  constexpr int kThreads = 4;
  constexpr int kEach = 15;
  std::vector<std::unique_ptr<Store>> stores;
  for (int i = 0; i < kThreads; ++i) stores.push_back(backend().open_second());
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < kEach; ++j) {
        write_to(*stores[static_cast<std::size_t>(i)], [&](Store& s) {
          const std::string id = std::to_string(i) + "-" + std::to_string(j);
          s.insert_event(full_event(id));
          Group group = full_group(id, kNow);
          group.id = s.save_group(group);
          if (j % 3 != 0) return;
          group.state = GroupState::kBlocked;
          group.reason = BlockReason::kExempt;
          s.save_group(group);
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Counts counts = storage().counts(kNow, kNow);
  EXPECT_EQ(counts.events_last_hour, kThreads * kEach);
  EXPECT_EQ(counts.due, kThreads * kEach);
  EXPECT_EQ(counts.groups[static_cast<std::size_t>(GroupState::kFull)], kThreads * kEach * 2 / 3);
  EXPECT_EQ(counts.stale_full, kThreads * kEach * 2 / 3);
  EXPECT_EQ(counts.blocked[BlockReason::kExempt], kThreads * kEach / 3);
}

// A call asks several tables, one after the other, while somebody moves rows between them.
TEST_P(SecondHandleTest, AReaderSeesOneStateInEachCall) {
  constexpr int kGroups = 10;
  std::vector<Group> groups;
  write_to(storage(), [&](Store& s) {
    groups.clear();
    for (int i = 0; i < kGroups; ++i) {
      groups.push_back(full_group(std::to_string(i), kNow));
      groups.back().id = s.save_group(groups.back());
    }
  });
  std::atomic<bool> over = false;
  std::thread reader([&] {
    const auto view = backend().open_view();
    while (!over) {
      Counts counts = view->counts(kNow, kNow);
      const auto full = counts.groups[static_cast<std::size_t>(GroupState::kFull)];
      EXPECT_EQ(std::accumulate(counts.groups.begin(), counts.groups.end(), std::int64_t{0}), kGroups);
      EXPECT_EQ(counts.stale_full, full);
      EXPECT_EQ(counts.blocked[BlockReason::kExempt], kGroups - full);
    }
  });
  for (int round = 0; round < 10; ++round) {
    for (Group& group : groups) {
      const bool is_full = group.state == GroupState::kFull;
      group.state = is_full ? GroupState::kBlocked : GroupState::kFull;
      group.reason = is_full ? BlockReason::kExempt : BlockReason::kNone;
      write_to(round % 2 == 0 ? storage() : *second_, [&](Store& s) { s.save_group(group); });
    }
  }
  over = true;
  reader.join();
}

}  // namespace
}  // namespace headroom::test
