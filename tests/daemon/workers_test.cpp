#include "daemon/threads/workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "daemon/threads/commit_queue.h"
#include "engine/gate/daemon_gate.h"
#include "tests/support/fake_chat.h"
#include "tests/support/no_self_pause.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

// Who waits for whom, on the one worker that there is.
namespace headroom {
namespace {

using support::FakeChat;
using support::kNow;
using testing::ElementsAre;

Work prune(const std::string& group_id, bool large) {
  return {Work::Kind::kPrune, group_id, 0, 0, std::nullopt, large};
}

TEST(WorkQueue, ASmallOneIsTakenPastLargeOnes) {
  WorkQueue queue(8);
  queue.push(prune("large", true));
  EXPECT_EQ(queue.take_small(), std::nullopt);
  queue.push(prune("a", false));
  queue.push(prune("b", false));
  EXPECT_EQ(queue.take_small()->group_id, "a");
  EXPECT_TRUE(queue.busy("a")) << "until it is finished";
  EXPECT_EQ(queue.pop()->group_id, "large");
  EXPECT_EQ(queue.take_small()->group_id, "b");
  EXPECT_EQ(queue.take_small(), std::nullopt);
  queue.push(prune("c", false));
  queue.stop();
  EXPECT_EQ(queue.take_small(), std::nullopt);
}

Work note(const std::string& group_id) { return {Work::Kind::kNote, group_id, 0, 0, std::nullopt, false}; }

TEST(WorkQueue, NotesWaitForEverythingElseAndForEachOther) {
  WorkQueue queue(2);
  EXPECT_TRUE(queue.push_note(note("n1")));
  EXPECT_TRUE(queue.push_note(note("n2")));
  EXPECT_FALSE(queue.push_note(note("n2"))) << "it waits already";
  EXPECT_EQ(queue.in_hand(), 0U) << "they hold no place";
  EXPECT_FALSE(queue.busy("n1"));
  EXPECT_TRUE(queue.push(prune("a", true)));
  EXPECT_TRUE(queue.push(prune("b", false)));
  EXPECT_FALSE(queue.push_note(note("b"))) << "its run lists the members, too";
  EXPECT_EQ(queue.take_small()->group_id, "b");
  EXPECT_EQ(queue.take_small(), std::nullopt) << "a note is nobody's between two pages";
  ASSERT_EQ(queue.pop()->group_id, "a");
  const Work first = *queue.pop();
  EXPECT_EQ(first.group_id, "n1");
  EXPECT_TRUE(queue.busy("n1"));
  EXPECT_FALSE(queue.ready()) << "one at a time";
  queue.finish(first);
  EXPECT_FALSE(queue.busy("n1"));
  EXPECT_TRUE(queue.ready());
  EXPECT_EQ(queue.pop()->group_id, "n2");
}

TEST(WorkQueue, ANoteThatWaitsGivesWayToWorkForItsGroup) {
  WorkQueue queue(8);
  queue.push_note(note("a"));
  queue.push_note(note("b"));
  queue.push(prune("a", false));
  ASSERT_TRUE(queue.hold("b"));
  queue.push_held({Work::Kind::kCarryOut, "b", 7});
  for (const char* id : {"a", "b"}) {
    const Work work = *queue.pop();
    EXPECT_EQ(work.group_id, id);
    EXPECT_NE(work.kind, Work::Kind::kNote);
    queue.finish(work);
  }
  EXPECT_FALSE(queue.ready());
}

TEST(WorkQueue, WhoseSizeNobodyKnowsIsLarge) {
  EXPECT_TRUE(Work::is_large(std::nullopt));
  EXPECT_TRUE(Work::is_large(1001));
  EXPECT_FALSE(Work::is_large(1000));
}

// Pages of a hundred; nobody is removable. Notes whose pages were listed.
class PagedChat final : public FakeChat {
 public:
  explicit PagedChat(std::vector<std::string>& pages) : pages_(pages) {
    for (const char* id : {"large", "larger"}) put_group(id, "Public", 1200, 1200);
    for (const char* id : {"a", "b"}) put_group(id, "Public", 200, 200);
  }
  Answer<MemberPage> get_group_member_info(const MemberQuery& query) override {
    pages_.push_back(query.group_id);
    const std::int64_t count = *groups.at(query.group_id).member_num;
    Answer<MemberPage> answer{ChatOutcome::kDone, 0, "", {{}, count, ""}};
    for (std::int64_t i = query.offset; i < std::min<std::int64_t>(count, query.offset + query.limit); ++i) {
      Member& member = answer.value.members.emplace_back();
      member.account = "m" + std::to_string(i);
      member.role = Role::kMember;
      member.join_time_s = kNow / 1000 - 400 * 86400;
      member.last_sent_time_s = kNow / 1000 - 60;
    }
    return answer;
  }

 private:
  std::vector<std::string>& pages_;  // of the one worker
};

class WorkersTest : public testing::Test {
 protected:
  WorkersTest() {
    Settings settings;
    settings.mode = SchedulerMode::kPrune;
    settings.policy.protect_online = false;
    settings.policy.reader_backlog = 0;
    settings_.set(settings);
    for (const char* id : {"large", "larger", "a", "b"}) {
      Group group;
      group.group_id = id;
      group.observed_at = group.full_since = kNow - kHourMs;
      queue_.commit([&](Transaction& storage) { storage.save_group(group); });
    }
    leadership_.step();
  }
  ~WorkersTest() override { queue_.stop(); }
  // Has one worker do that, in this order. Whose pages were listed, each group's as often as it was its turn.
  std::vector<std::string> turns(const std::vector<Work>& work) {
    for (const Work& each : work) EXPECT_TRUE(work_.push(each));
    std::promise<void> all_done;
    std::size_t done = 0;
    Workers::Hooks hooks;
    hooks.left_open = [this](const headroom::Run& run, int) { left_open_.push_back(run.group_id); };
    hooks.failed = [this](const Workers::Failure& failure) { failures_.push_back(failure.what); };
    hooks.finished = [&] {
      if (++done == work.size()) all_done.set_value();
    };
    const auto make_tools = [this] {
      Workers::Tools tools;
      tools.writer = std::make_unique<LeadersWriter>(queue_, leadership_);
      tools.chat = std::make_unique<PagedChat>(pages_);
      tools.view = database_.open_view();
      tools.runner = std::make_unique<Runner>(
          *tools.chat, *tools.writer, *tools.view, clock_, settings_, gate_, [] { return 0.5; }, observer_,
          self_pause_);
      return tools;
    };
    Workers workers(1, work_, make_tools, hooks);
    all_done.get_future().wait();
    workers.stop();
    std::vector<std::string> turns;
    for (const std::string& page : pages_) {
      if (turns.empty() || turns.back() != page) turns.push_back(page);
    }
    return turns;
  }

  support::TestDatabase database_;
  CommitQueue queue_{database_.storage(), {}};
  VirtualClock clock_{kNow};
  Observer observer_;
  Leadership leadership_{queue_, clock_, {.holder = "test", .alone = true}, kSecondMs, observer_};
  support::NoSelfPause self_pause_;
  SettingsCell settings_{Settings{}};
  PauseSwitch pause_;
  DaemonGate gate_{settings_, pause_};
  WorkQueue work_{8};
  std::vector<std::string> pages_;     // the worker's
  std::vector<std::string> failures_;  // the worker's
  std::vector<std::string> left_open_;
};

TEST_F(WorkersTest, SmallGroupsHaveTheirTurnBetweenTwoPagesOfALargeOne) {
  EXPECT_THAT(turns({prune("large", true), prune("a", false), prune("b", false)}),
              ElementsAre("large", "a", "large", "b", "large"));
  EXPECT_TRUE(failures_.empty());
  for (const char* id : {"large", "a", "b"}) {
    const auto run = database_.open_view()->find_run(*database_.open_view()->find_group(id)->last_run_id);
    EXPECT_EQ(run->reason, "nobody_removable") << id;
    EXPECT_EQ(run->considered, std::string(id) == "large" ? 1200 : 200) << id;
  }
}

TEST_F(WorkersTest, LargeOnesWaitForEachOtherAndSmallOnesForSmallOnes) {
  EXPECT_THAT(turns({prune("a", false), prune("large", true), prune("larger", true), prune("b", false)}),
              ElementsAre("a", "large", "b", "large", "larger"));
}

// No failure. Its run stays open: whoever leads then resolves it, which may be this node.
TEST_F(WorkersTest, WorkThatLosesTheLeadStoresNothing) {
  headroom::Run run;
  run.group_id = "a";
  run.state = RunState::kRunning;
  run.created_at = kNow;
  queue_.commit([&](Transaction& storage) {
    run.id = storage.insert_run(run);
    storage.take_lease({.holder = "another", .lasts = kHourMs, .drain = 0, .alone = true});
  });
  turns({{Work::Kind::kCarryOut, "a", run.id}, prune("b", false)});
  EXPECT_TRUE(failures_.empty());
  EXPECT_THAT(left_open_, ElementsAre("a"));
  EXPECT_EQ(database_.open_view()->find_run(run.id)->state, RunState::kRunning);
  EXPECT_EQ(database_.open_view()->find_group("b")->last_run_id, std::nullopt);
}

}  // namespace
}  // namespace headroom
