// One test for each promise about the disk: what is answered with 200 is there afterwards, whatever happens to the
// disk.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include "tests/soak/senders.h"
#include "tests/soak/subject.h"

namespace headroom::soak {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

class Durability : public testing::Test {
 protected:
  Durability() { subject_.start(); }
  ~Durability() override {
    if (HasFailure()) std::cout << subject_.log();
  }

  // Sends the next webhook (or one again), and notes the answer.
  long send() { return send(subject_.ledger().next()); }
  long send(std::int64_t number) {
    const long status = Sender(subject_.webhook_url()).send(number);
    subject_.ledger().answered(number, status);
    return status;
  }
  // The failure shows in /readyz while the daemon still runs, and it ends in time with status 1.
  void expect_breakdown() {
    const auto from = Clock::now();
    const auto ready = subject_.admin("/readyz");
    EXPECT_EQ(ready.status, 503);
    EXPECT_NE(ready.body.find("storage"), std::string::npos) << ready.body;
    EXPECT_NE(send(), 200);
    EXPECT_EQ(subject_.wait(), 1);
    EXPECT_LT(Clock::now() - from, milliseconds(2000));
  }
  void expect_clean_restart() {
    subject_.start();
    EXPECT_EQ(send(), 200);
    EXPECT_EQ(subject_.admin("/readyz").status, 200);
    subject_.kill();
    expect_nothing_lost();
  }
  void expect_nothing_lost() {
    const auto findings = subject_.ledger().compare(subject_.database());
    EXPECT_TRUE(findings.fine()) << findings.lost << " lost, " << findings.doubled << " doubled, " << findings.strange
                                 << " altered, integrity: " << findings.integrity;
  }
  static bool eventually(const std::function<bool()>& condition) {
    for (const auto until = Clock::now() + std::chrono::seconds(20); !condition();) {
      if (Clock::now() > until) return false;
      std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
  }

  Subject subject_{Subject::Disk::kPower};
};

TEST_F(Durability, AFullDiskIsAnsweredWith500AndHealsWithoutARestart) {
  EXPECT_EQ(send(), 200);
  for (const char* short_writes : {"short off", "short on"}) {
    subject_.fault(short_writes);
    subject_.fault("write full");
    EXPECT_EQ(send(), 500);
    EXPECT_EQ(send(), 500);
    subject_.fault("write ok");
    EXPECT_EQ(send(), 200);
  }
  subject_.kill();
  expect_nothing_lost();
}

// A proxy that goes by /readyz sends nothing meanwhile: the daemon has to find out by itself.
TEST_F(Durability, AFullDiskShowsInReadyzUntilThereIsRoom) {
  subject_.fault("write full");
  EXPECT_EQ(send(), 500);
  const auto ready = subject_.admin("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_NE(ready.body.find("full"), std::string::npos) << ready.body;
  EXPECT_STREQ(ready.json["paused_reason"].GetString(), "storage_failing");
  EXPECT_EQ(subject_.metric("headroom_scheduler_paused"), 1);
  EXPECT_EQ(subject_.metric("headroom_scheduler_paused_by{cause=\"storage_failing\"}"), 1);
  EXPECT_TRUE(eventually([&] { return subject_.log().find("storage_failing") != std::string::npos; }))
      << subject_.log();
  EXPECT_EQ(subject_.admin("/healthz").status, 200);
  subject_.fault("write ok");
  EXPECT_TRUE(eventually([&] { return subject_.admin("/readyz").status == 200; }));
  EXPECT_EQ(subject_.metric("headroom_scheduler_paused"), 0);
  EXPECT_EQ(send(), 200);
}

TEST_F(Durability, AFailedSyncEndsTheDaemon) {
  EXPECT_EQ(send(), 200);
  subject_.fault("sync eio");
  EXPECT_EQ(send(), 500);
  subject_.fault("sync ok");  // too late: nobody knows what is on disk
  expect_breakdown();
  subject_.lose_unsynced();
  expect_nothing_lost();
  expect_clean_restart();
}

TEST_F(Durability, AFailedWriteEndsTheDaemon) {
  EXPECT_EQ(send(), 200);
  subject_.fault("short on");
  subject_.fault("write eio");
  EXPECT_EQ(send(), 500);
  subject_.fault("write ok");
  expect_breakdown();
  expect_clean_restart();
}

TEST_F(Durability, AFailedReadEndsTheDaemon) {
  EXPECT_EQ(send(), 200);
  subject_.fault("read eio");
  ASSERT_TRUE(eventually([&] { return subject_.admin("/readyz").status != 200; }));
  expect_breakdown();
  expect_clean_restart();
}

TEST_F(Durability, AFailedCheckpointEndsTheDaemon) {
  subject_.fault("database_sync eio");
  Senders senders(subject_.webhook_url(), 4, subject_.ledger());
  ASSERT_TRUE(eventually([&] { return subject_.admin("/readyz").status != 200; }));
  senders.stop();
  expect_breakdown();
  subject_.lose_unsynced();
  expect_nothing_lost();
  expect_clean_restart();
}

// A clean close of the database checkpoints and deletes the log: not with a disk that has just failed.
TEST_F(Durability, AfterAFailedSyncNothingMoreIsWritten) {
  EXPECT_EQ(send(), 200);
  subject_.fault("sync eio");
  EXPECT_EQ(send(), 500);
  subject_.fault("sync ok");
  const auto written = std::filesystem::last_write_time(subject_.database());
  EXPECT_EQ(subject_.wait(), 1);
  EXPECT_EQ(std::filesystem::last_write_time(subject_.database()), written);
  EXPECT_TRUE(std::filesystem::exists(subject_.database() + "-wal"));
}

// A commit whose sync failed may be seen again by the next process, though the disk never got it. Its repeat must not
// be acknowledged on the strength of that.
TEST_F(Durability, ARepeatOfWhatWasNeverSyncedIsAcknowledgedOnlyOnceItIsOnDisk) {
  const std::int64_t number = subject_.ledger().next();
  subject_.fault("sync eio");
  EXPECT_EQ(send(number), 500);
  EXPECT_EQ(subject_.wait(), 1);
  subject_.start();
  EXPECT_EQ(send(number), 200);
  subject_.cut(true, 0);
  expect_nothing_lost();
}

// The same after a kill in the middle of a sync.
TEST_F(Durability, ARepeatOfWhatAKillLeftUnsyncedIsAcknowledgedOnlyOnceItIsOnDisk) {
  const std::int64_t number = subject_.ledger().next();
  subject_.fault("delay 3000");
  EXPECT_EQ(send(number), 503);
  subject_.kill();
  subject_.start();
  EXPECT_EQ(send(number), 200);
  EXPECT_EQ(send(), 200);
  subject_.cut(true, 0);
  expect_nothing_lost();
}

// After a failed sync the log in memory has more than the log on disk. The next start moves all of it into the database
// file; an older log played over that would tear it.
TEST_F(Durability, APowerCutRightAfterTheStartThatFollowsAFailedSync) {
  for (int i = 0; i < 240; ++i) ASSERT_EQ(send(), 200);  // so that an index has leaves that one event does not touch
  subject_.kill();
  subject_.start();
  ASSERT_EQ(send(), 200);
  for (int i = 0; i < 30; ++i) subject_.ledger().next();  // of groups in between: never sent
  const std::int64_t number = subject_.ledger().next();
  subject_.fault("sync eio");
  EXPECT_EQ(send(number), 500);
  EXPECT_EQ(subject_.wait(), 1);
  subject_.start();
  subject_.cut(true, 0);
  expect_nothing_lost();
  expect_clean_restart();
}

TEST_F(Durability, APowerCutTakesNothingThatWasAcknowledged) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(send(), 200);
  subject_.cut(false, 7);
  EXPECT_EQ(subject_.ledger().compare(subject_.database()).stored, 20);
  expect_clean_restart();
}

}  // namespace
}  // namespace headroom::soak
