#include <gmock/gmock.h>

#include <set>

#include "app/scheduler.h"
#include "sqlite/migrator.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "tests/storage/temp_dir.h"

// What the scheduler looks at, and how it forgets, step by step.
namespace headroom {
namespace {

using testing::Contains;
using testing::Not;

constexpr TimeMs kNow = 1'790'000'000'000;

class TestClock final : public Clock {
 public:
  TimeMs now() const override { return now_; }
  bool sleep(DurationMs duration) override {
    now_ += duration;
    return true;
  }
  TimeMs now_ = kNow;
};

// A Chat of full groups: it knows `known`, has an error of its own for `broken`, and never heard of the others.
class KnowingChat final : public ChatApi {
 public:
  Answer<std::vector<GroupInfo>> get_group_info(const std::vector<std::string>& ids) override {
    calls.push_back(ids);
    std::vector<GroupInfo> infos;
    for (const std::string& id : ids) {
      GroupInfo info;
      info.group_id = id;
      info.error_code = broken.contains(id) ? 10002 : known.contains(id) ? 0 : 10010;
      info.type = "Public";
      info.member_num = 200;
      info.max_member_num = 200;
      infos.push_back(info);
    }
    return {ChatOutcome::kDone, 0, "", std::move(infos)};
  }
  Answer<MemberPage> get_group_member_info(const MemberQuery&) override { return {}; }
  Answer<std::vector<Member>> get_specified_group_member_info(const std::string&,
                                                              const std::vector<std::string>&) override {
    return {};
  }
  Answer<std::map<std::string, Role>> get_role_in_group(const std::string&, const std::vector<std::string>&) override {
    return {};
  }
  Answer<std::map<std::string, Presence>> query_online_status(const std::vector<std::string>&) override { return {}; }
  Answer<Nothing> delete_group_member(const std::string&, const std::vector<std::string>&, bool,
                                      const std::string&) override {
    return {};
  }
  Answer<std::map<std::string, AddResult>> add_group_member(const std::string&, const std::vector<std::string>&,
                                                            bool) override {
    return {};
  }
  Answer<GroupListPage> get_appid_group_list(const std::string&, std::uint64_t) override { return {}; }
  std::optional<DurationMs> clock_offset() const override { return 0; }

  std::set<std::string> known;
  std::set<std::string> broken;
  std::vector<std::vector<std::string>> calls;
};

class DirectCommitter final : public Committer {
 public:
  explicit DirectCommitter(Storage& storage) : storage_(storage) {}
  void commit(const Job& job) override {
    storage_.begin();
    job(storage_);
    storage_.commit();
  }

 private:
  Storage& storage_;
};

class SchedulerTest : public testing::Test {
 protected:
  SchedulerTest() {
    settings_.tick = kMinuteMs;
    settings_.keep_events = kDayMs;
  }
  void start() {
    cell_.set(settings_);
    scheduler_ = std::make_unique<Scheduler>(
        chat_, committer_, *view_, clock_, cell_, pause_, work_, [] { return 0.5; }, SchedulerHooks{});
  }
  void add(const std::string& group_id, TimeMs full_since, bool confirmed) {
    Group group;
    group.group_id = group_id;
    group.full_since = full_since;
    group.last_full_at = full_since;
    group.full_events = 1;
    group.next_check_at = full_since + settings_.timing.stale_after;
    if (confirmed) group.observed_at = full_since;
    committer_.commit([&](Storage& storage) { storage.save_group(group); });
  }
  void add_many(int count, const std::string& prefix, TimeMs full_since, bool confirmed) {
    for (int i = 0; i < count; ++i) add(prefix + std::to_string(i), full_since, confirmed);
  }
  // How many of the ids of a call begin like that.
  static std::ptrdiff_t of(const std::vector<std::string>& ids, const std::string& prefix) {
    return std::count_if(ids.begin(), ids.end(), [&](const auto& id) { return id.rfind(prefix, 0) == 0; });
  }

  test::TempDir dir_;
  const std::string path_ = [this] {
    MigrateOptions options;
    options.now = kNow;
    Migrator(dir_.file("headroom.db")).up(options);
    return dir_.file("headroom.db");
  }();
  SqliteStorage storage_{SqliteStorageOptions{path_, ""}};
  std::unique_ptr<ReadView> view_ = [this] {
    SqliteReadViewOptions options;
    options.path = path_;
    return std::make_unique<SqliteReadView>(options);
  }();
  DirectCommitter committer_{storage_};
  TestClock clock_;
  KnowingChat chat_;
  Settings settings_;
  SettingsCell cell_{Settings{}};
  PauseSwitch pause_;
  WorkQueue work_{1000};
  std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(SchedulerTest, ConfirmedGroupsAreLookedAtFirstAndOthersHaveAShare) {
  add_many(100, "forged", kNow - kHourMs, false);
  add_many(100, "real", kNow - kHourMs + 1, true);
  for (int i = 0; i < 100; ++i) chat_.known.insert("real" + std::to_string(i));
  start();
  scheduler_->step();
  ASSERT_EQ(chat_.calls.size(), 1U);
  EXPECT_EQ(of(chat_.calls[0], "real"), 40);
  EXPECT_EQ(of(chat_.calls[0], "forged"), 10);
}

TEST_F(SchedulerTest, WhoeverIsFewLeavesTheRestToTheOthers) {
  add_many(60, "forged", kNow - kHourMs, false);
  add("real", kNow - kMinuteMs * 11, true);
  chat_.known.insert("real");
  start();
  scheduler_->step();
  ASSERT_EQ(chat_.calls.size(), 1U);
  EXPECT_EQ(of(chat_.calls[0], "real"), 1);
  EXPECT_EQ(of(chat_.calls[0], "forged"), 49);
}

TEST_F(SchedulerTest, AGroupThatIsNotStaleIsNotLookedAt) {
  add_many(5, "new", kNow, false);
  start();
  scheduler_->step();
  EXPECT_TRUE(chat_.calls.empty());
}

// Forged ones would push a new group out before it is stale: it is asked for early, and stays.
TEST_F(SchedulerTest, TooManyUnconfirmedGroupsAreAskedForBeforeTheyAreStale) {
  settings_.max_unconfirmed_groups = 100;
  chat_.known.insert("real");
  add_many(60, "forged", kNow, false);
  add("real", kNow, false);
  start();
  for (int i = 0; i < 2; ++i) scheduler_->step();
  EXPECT_FALSE(view_->find_group("forged0"));
  // Half of the limit may wait for its time: those that came last were not asked for.
  EXPECT_TRUE(view_->find_group("forged55"));
  add_many(60, "more", kNow, false);
  for (int i = 0; i < 3; ++i) scheduler_->step();
  const auto real = view_->find_group("real");
  ASSERT_TRUE(real);
  EXPECT_EQ(real->observed_at, kNow);
  EXPECT_EQ(real->state, GroupState::kFull);
  EXPECT_EQ(real->next_check_at, kNow + settings_.timing.stale_after);
}

TEST_F(SchedulerTest, UnconfirmedGroupsThatChatHasAnErrorForAreNotAskedForAllTheTime) {
  settings_.max_unconfirmed_groups = 2;
  add_many(2, "broken", kNow, false);
  add("broken2", kNow, false);
  for (int i = 0; i < 3; ++i) chat_.broken.insert("broken" + std::to_string(i));
  start();
  for (int i = 0; i < 20; ++i) scheduler_->step();
  EXPECT_EQ(chat_.calls.size(), 1U);
  clock_.now_ += kMinuteMs;
  for (int i = 0; i < 20; ++i) scheduler_->step();
  EXPECT_EQ(chat_.calls.size(), 2U);
  EXPECT_EQ(view_->find_group("broken1")->next_check_at, kNow + settings_.timing.stale_after);
}

// An exit made it due before it is stale, and Chat answered for it with an error of its own: it waits.
TEST_F(SchedulerTest, AGroupThatOnlyItsOwnErrorConcernsIsNotLookedAtInALoop) {
  add("broken", kNow, true);
  chat_.broken.insert("broken");
  committer_.commit([&](Storage& storage) {
    auto group = storage.find_group("broken");
    group->next_check_at = kNow;
    storage.save_group(*group);
  });
  start();
  for (int i = 0; i < 20; ++i) scheduler_->step();
  EXPECT_EQ(chat_.calls.size(), 1U);
  EXPECT_EQ(view_->find_group("broken")->next_check_at, kNow + settings_.timing.retry_base);
}

TEST_F(SchedulerTest, ForgetsALittleAtATimeUntilNothingIsLeft) {
  settings_.mode = SchedulerMode::kObserve;
  settings_.max_unconfirmed_groups = 10;
  committer_.commit([&](Storage& storage) {
    for (int i = 0; i < 3000; ++i) {
      Event event;
      event.group_id = "g" + std::to_string(i);
      event.received_at = kNow - 2 * kDayMs + i;
      storage.insert_event(event);
    }
    Event young;
    young.group_id = "young";
    young.received_at = kNow;
    storage.insert_event(young);
  });
  add_many(40, "forged", kNow, false);
  start();
  int steps = 0;
  TimeMs next = scheduler_->step();
  EXPECT_LT(next, kNow + settings_.tick);  // there is more
  for (; next < clock_.now_ + settings_.tick && steps < 3000; ++steps) {
    clock_.now_ = next;
    next = scheduler_->step();
  }
  EXPECT_LT(steps, 3000);
  const auto events = view_->events({}, {});
  ASSERT_EQ(events.items.size(), 1U);
  EXPECT_EQ(events.items[0].group_id, "young");
  EXPECT_EQ(view_->groups({}, {}).items.size(), 10U);
}

}  // namespace
}  // namespace headroom
