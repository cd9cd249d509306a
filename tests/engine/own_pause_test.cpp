#include <gtest/gtest.h>
#include <sqlite3.h>

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "daemon/threads/commit_queue.h"
#include "engine/gate/daemon_gate.h"
#include "engine/orders/operations.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

// The daemon's own pause, while the store does not take it.
namespace headroom {
namespace {

using support::kNow;

class OwnPauseTest : public testing::Test, public Observer {
 protected:
  void execute(const std::string& sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(database_.path().c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  void let_writes_fail() {
    execute("CREATE TRIGGER refuse BEFORE INSERT ON setting BEGIN SELECT RAISE(ABORT, 'refused'); END");
  }
  void let_writes_succeed() { execute("DROP TRIGGER refuse"); }
  // What is queued is done then.
  void settle() {
    queue_.commit([](Transaction&) {});
  }
  std::string kept() {
    settle();
    return name_of(PauseSwitch::read(*view_).own_reason);
  }
  void pause(const std::string& reason) {
    operations_.pause({"ops", AdminRole::kOperator, "192.0.2.7", ""}, reason, [](const Result<DaemonStatus>&) {});
    settle();
  }

  support::TestDatabase database_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  VirtualClock clock_{kNow};
  SettingsCell settings_{Settings{}};
  PauseSwitch pause_;
  WorkQueue work_{8};
  std::function<void()> stored_;  // is called once, between a commit and the ends of its jobs
  CommitQueue::Options options() {
    CommitQueue::Options options;
    options.capacity = 1;
    options.committed = [this](std::size_t, double) {
      if (const auto then = std::exchange(stored_, {})) then();
    };
    return options;
  }
  CommitQueue queue_{database_.storage(), options()};
  void changed(const Change&) override { ++changes_; }
  int changes_ = 0;
  DaemonGate gate_{settings_, pause_};
  struct Daemon : RunningDaemon {
    void ask_at_once() override { ++asked; }
    int asked = 0;
  } daemon_;
  Operations operations_{queue_, settings_, gate_, pause_, work_, clock_, *this, daemon_};
};

TEST_F(OwnPauseTest, IsKeptOnceTheStoreTakesIt) {
  let_writes_fail();
  operations_.pause_self(Reason::of_chat(70009), "g");
  EXPECT_EQ(kept(), "");
  EXPECT_EQ(pause_.state().own_reason, "chat_error_70009") << "in force all the same";
  operations_.keep_own_pause();
  EXPECT_EQ(kept(), "");
  let_writes_succeed();
  operations_.keep_own_pause();
  EXPECT_EQ(kept(), "chat_error_70009");
  EXPECT_EQ(PauseSwitch::read(*view_).own_group, "g");
  operations_.keep_own_pause();
  settle();
  EXPECT_EQ(changes_, 1) << "once it is kept there is nothing to do";
}

TEST_F(OwnPauseTest, IsKeptOnceTheQueueTakesIt) {
  std::promise<void> begun;
  std::promise<void> go;
  std::shared_future<void> may_go = go.get_future().share();
  queue_.submit(
      [&](Transaction&) {
        begun.set_value();
        may_go.wait();
      },
      [](const std::exception_ptr&) {});
  begun.get_future().wait();
  ASSERT_TRUE(queue_.submit([](Transaction&) {}, [](const std::exception_ptr&) {}));
  operations_.pause_self(Reason::kClockSkew, "");
  go.set_value();
  EXPECT_EQ(kept(), "");
  operations_.keep_own_pause();
  EXPECT_EQ(kept(), "clock_skew");
}

TEST_F(OwnPauseTest, AnOperatorsPauseBringsItAlong) {
  let_writes_fail();
  operations_.pause_self(Reason::kClockSkew, "");
  settle();
  let_writes_succeed();
  pause("holiday");
  EXPECT_EQ(pause_.state().operator_reason, "holiday");
  EXPECT_EQ(pause_.state().own_reason, "clock_skew");
  EXPECT_EQ(kept(), "clock_skew");
}

// Another node leads by now, and has asked Chat itself.
TEST_F(OwnPauseTest, OfOneThatDoesNotLeadTheStoreSaysWhetherThereIsOne) {
  let_writes_fail();
  operations_.pause_self(Reason::kClockSkew, "");
  settle();
  let_writes_succeed();
  operations_.look_at_pause(*view_, true);
  EXPECT_EQ(pause_.state().own_reason, "clock_skew") << "it is about to be kept";
  operations_.look_at_pause(*view_, false);
  EXPECT_FALSE(pause_.state().paused());
  pause("holiday");
  EXPECT_EQ(kept(), "") << "nobody brings it along any more";
  operations_.pause_self(Reason::kClockSkew, "");
  EXPECT_EQ(kept(), "clock_skew");
}

// What this node remembers of Chat's refusals would pause it again.
TEST_F(OwnPauseTest, WhereAnotherNodeWasToldToResumeChatIsAskedAtOnce) {
  operations_.pause_self(Reason::of_chat(70009), "g");
  settle();
  database_.commit([](Transaction& storage) { PauseSwitch::write(storage, {}); });
  operations_.look_at_pause(*view_, true);
  EXPECT_FALSE(pause_.state().paused());
  EXPECT_EQ(daemon_.asked, 1);
  operations_.look_at_pause(*view_, true);
  EXPECT_EQ(daemon_.asked, 1);
}

// The queue has room for one: the newer cause goes with the older one's job.
TEST_F(OwnPauseTest, TheNewestCauseIsKept) {
  operations_.pause_self(Reason::kClockSkew, "");
  operations_.pause_self(Reason::of_chat(70009), "g");
  EXPECT_EQ(kept(), "chat_error_70009");
  EXPECT_EQ(pause_.state().own_group, "g");
}

// Between the older one's job and its end.
TEST_F(OwnPauseTest, TheNewestCauseIsKeptThoughItCameWhileTheOlderOneWasStored) {
  stored_ = [&] {
    queue_.submit([](Transaction&) {}, [](const std::exception_ptr&) {});  // it is full now, if it was not
    operations_.pause_self(Reason::of_chat(70009), "g");
  };
  operations_.pause_self(Reason::kClockSkew, "");
  settle();
  EXPECT_EQ(pause_.state().own_reason, "chat_error_70009");
  operations_.keep_own_pause();
  EXPECT_EQ(kept(), "chat_error_70009");
}

TEST_F(OwnPauseTest, OneThatHasAnotherCauseByNowGoesOn) {
  operations_.pause_self(Reason::of_chat(70009), "g");
  settle();
  operations_.end_own_pause(Reason::kClockSkew, PauseEnd::kCauseGone);
  EXPECT_EQ(kept(), "chat_error_70009");
  queue_.commit([](Transaction& storage) { PauseSwitch::write(storage, {"", Reason::kReplication, ""}); });
  operations_.end_own_pause(Reason::of_chat(70009), PauseEnd::kCauseGone);
  EXPECT_EQ(kept(), "replication") << "another node's word, which is not shown here yet";
  EXPECT_EQ(pause_.state().own_reason, "replication");
}

TEST_F(OwnPauseTest, OneThatHasEndedIsNotKept) {
  let_writes_fail();
  operations_.pause_self(Reason::kClockSkew, "");
  settle();
  let_writes_succeed();
  operations_.end_own_pause(Reason::kClockSkew, PauseEnd::kCauseGone);
  operations_.keep_own_pause();
  EXPECT_EQ(kept(), "");
  EXPECT_FALSE(pause_.state().paused());
  operations_.keep_own_pause();
  EXPECT_EQ(kept(), "");
}

}  // namespace
}  // namespace headroom
