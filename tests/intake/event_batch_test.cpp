#include "engine/event_batch.h"

#include <algorithm>
#include <map>
#include <random>
#include <sstream>

#include "engine/event_intake.h"
#include "headroom/names.h"
#include "tests/storage/backend.h"

// Many at once come to what each of them alone comes to.
namespace headroom::test {
namespace {

class EventBatchTest : public StorageTest {};
HEADROOM_ALL_BACKENDS(EventBatchTest);

constexpr int kGroups = 10;

// What happens in one world: the same each time it is made of the same seed.
class World {
 public:
  explicit World(unsigned seed) : random_(seed) {
    settings_.mode = one_in(3) ? SchedulerMode::kObserve : SchedulerMode::kPrune;
    settings_.timing.stale_after = one_in(2) ? 0 : 10 * kMinuteMs;
  }

  void begin(Transaction& s) {
    for (int i = 0; i < kGroups; ++i) {
      if (one_in(4)) continue;  // nobody knows it
      const std::string group_id = "g" + std::to_string(i);
      if (one_in(3)) lose_somebody(s, group_id);
      s.save_group(a_group(group_id));
      if (!one_in(4)) continue;
      s.insert_run(a_run(group_id, one_in(2) ? RunState::kRunning : RunState::kAwaitingApproval));
    }
  }
  std::vector<Event> next() {
    std::vector<Event> events;
    only_full_ = one_in(2);
    for (auto left = 1 + random_() % 20; left > 0; --left) {
      now_ += static_cast<TimeMs>(random_() % (20 * kSecondMs));
      const bool repeats = !sent_.empty() && one_in(6);
      Event event = repeats ? sent_[random_() % sent_.size()] : an_event();
      event.received_at = now_;
      if (event.command == Command::kGroupFull) sent_.push_back(event);
      events.push_back(std::move(event));
    }
    return events;
  }
  const Settings& settings() const { return settings_; }

 private:
  bool one_in(unsigned n) { return random_() % n == 0; }
  std::optional<TimeMs> maybe(TimeMs at) {
    return one_in(3) ? std::nullopt
                     : std::optional(at + static_cast<TimeMs>(random_() % (4 * kMinuteMs)) - 2 * kMinuteMs);
  }
  Group a_group(const std::string& group_id) {
    Group group;
    group.group_id = group_id;
    group.state = static_cast<GroupState>(random_() % kGroupStates);
    if (group.state == GroupState::kBlocked) group.reason = BlockReason::kNobodyRemovable;
    group.full_since = maybe(kNow);
    group.last_full_at = maybe(kNow);
    group.full_events = static_cast<std::int64_t>(random_() % 40);
    group.seen_room_at = maybe(kNow);
    group.observed_at = maybe(kNow);
    group.next_check_at = maybe(kNow + kMinuteMs);
    group.cooldown_until = maybe(kNow + kMinuteMs);
    group.exit_look_at = maybe(kNow);
    if (one_in(2)) group.last_run_id = 1;
    return group;
  }
  static void lose_somebody(Transaction& s, const std::string& group_id) {
    const auto run = s.insert_run(a_run(group_id));
    s.insert_run_members(run, {selected("u1"), selected("u2")});
    s.mark_sent(run, {"u1", "u2"}, kNow - kHourMs);
    for (const char* account : {"u1", "u2"}) s.finish_member(run, account, Outcome::kRemoved, 0);
    headroom::Run over = s.find_run(run).value();
    over.state = RunState::kSucceeded;
    s.update_run(over);
  }
  Event an_event() {
    Event event = full_event("g" + std::to_string(random_() % kGroups), now_);
    event.body = std::to_string(++made_);
    const auto which = random_() % 10;
    if (only_full_ || which < 7) {
      event.event_time = one_in(4) ? std::nullopt : maybe(now_);
      if (event.event_time) event.fingerprint = fingerprint(static_cast<std::uint8_t>(made_));
      return event;
    }
    event.command = which == 9 ? Command::kGroupDestroyed : Command::kMemberExit;
    if (one_in(2)) event.event_time = now_ - static_cast<TimeMs>(random_() % kMinuteMs);
    if (event.command == Command::kMemberExit && one_in(2)) event.exits = {one_in(2), {"u1", "somebody"}};
    if (one_in(2)) event.platform = "iOS";
    return event;
  }

  std::mt19937 random_;
  Settings settings_;
  TimeMs now_ = kNow;
  int made_ = 0;
  bool only_full_ = false;
  std::vector<Event> sent_;
};

template <typename Value>
std::string shown(const std::optional<Value>& value) {
  return value ? std::to_string(*value) : "-";
}

// All that is stored, a line for each; ids by their order.
std::string stored_in(Store& store) {
  std::ostringstream out;
  auto groups = store.groups({}, {.limit = 1000}).items;
  std::reverse(groups.begin(), groups.end());
  for (const Group& g : groups) {
    out << g.group_id << ' ' << name_of(g.state) << ' ' << name_of(g.reason) << ' ' << shown(g.full_since) << ' '
        << shown(g.last_full_at) << ' ' << g.full_events << ' ' << shown(g.seen_room_at) << ' ' << shown(g.observed_at)
        << ' ' << shown(g.next_check_at) << ' ' << shown(g.cooldown_until) << ' ' << shown(g.exit_look_at) << ' '
        << shown(g.last_run_id) << '\n';
    for (const auto& [account, removal] : store.removals(g.group_id, {"u1", "u2"})) {
      out << "  " << account << " back " << shown(removal.back_at) << '\n';
    }
  }
  auto events = store.events({}, {.limit = 1000}).items;
  std::reverse(events.begin(), events.end());
  for (const Event& e : events)
    out << e.group_id << ' ' << e.body << ' ' << shown(e.event_time) << ' ' << e.received_at << '\n';
  for (const headroom::Run& run : store.runs({}, {.limit = 1000}).items) {
    out << "run of " << run.group_id << ' ' << name_of(run.state) << ' ' << shown(run.finished_at) << '\n';
  }
  const Counts counts = store.counts(kNow + kHourMs, kNow + kHourMs);
  out << counts.events_last_hour << ' ' << counts.events_last_day << ' ' << counts.due << ' ' << counts.stale_full;
  for (const auto number : counts.groups) out << ' ' << number;
  return out.str();
}

// What became of each event, and what is stored in the end.
std::string ran(Backend& backend, unsigned seed, bool many_at_once) {
  Store& store = backend.storage();
  World world(seed);
  std::ostringstream out;
  const auto write = [&](const auto& work) {
    store.begin();
    work();
    store.commit();
  };
  write([&] { world.begin(store); });
  for (int batch = 0; batch < 12; ++batch) {
    const std::vector<Event> events = world.next();
    write([&] {
      std::vector<Stored> stored;
      if (many_at_once) {
        stored = store_events(store, events, world.settings());
      } else {
        for (const Event& event : events) stored.push_back(store_event(store, event, world.settings()));
      }
      EXPECT_EQ(stored.size(), events.size());
      for (const Stored& one : stored) out << (one.duplicate ? 'd' : '.') << (one.due ? '!' : ' ');
      out << '\n';
    });
  }
  return out.str() + stored_in(store);
}

TEST_P(EventBatchTest, ComesToTheSameAsOneByOne) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const std::string alone = ran(*GetParam().make(), seed, false);
    ASSERT_EQ(ran(*GetParam().make(), seed, true), alone) << "seed " << seed;
  }
}

TEST_P(EventBatchTest, NewGroupsMakeRoomForThemselves) {
  Settings settings;
  settings.max_unconfirmed_groups = 5;
  std::vector<Event> events;
  for (int i = 0; i < 12; ++i) events.push_back(full_event("g" + std::to_string(i)));
  write([&](Transaction& s) { store_events(s, events, settings); });
  const auto groups = storage().groups({}, {}).items;
  ASSERT_EQ(groups.size(), 5U);
  EXPECT_EQ(groups.back().group_id, "g7") << "the longest known give way";
  EXPECT_EQ(groups.front().group_id, "g11");
}

// The scheduler is told once.
TEST_P(EventBatchTest, SaysWhichOfThemMadeAGroupDue) {
  Settings settings;
  settings.timing.stale_after = 0;
  const std::vector<Event> events = {full_event("a"), full_event("b"), full_event("a")};
  const auto stored = write([&](Transaction& s) { return store_events(s, events, settings); });
  EXPECT_TRUE(stored[0].due);
  EXPECT_TRUE(stored[1].due);
  EXPECT_FALSE(stored[2].due);
  const auto later = write([&](Transaction& s) { return store_events(s, events, settings); });
  EXPECT_TRUE(std::none_of(later.begin(), later.end(), [](const Stored& one) { return one.due; }));
  EXPECT_EQ(storage().find_group("a")->full_events, 4);
}

}  // namespace
}  // namespace headroom::test
