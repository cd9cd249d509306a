// A disk that is slow, or held by somebody else, costs answers and never hangs anything.
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <thread>

#include "tests/soak/senders.h"
#include "tests/soak/subject.h"

namespace headroom::soak {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kAnswerWithinMs = 1500;
constexpr const char* kOverloaded = "headroom_webhook_requests_total{result=\"overloaded\"}";

class SlowDisk : public testing::Test {
 protected:
  void start(const std::map<std::string, std::string>& settings = {}) {
    subject_ = std::make_unique<Subject>(Subject::Disk::kFaulty, settings);
    subject_->start();
  }
  ~SlowDisk() override {
    if (subject_ && HasFailure()) std::cout << subject_->log();
  }
  long send() {
    Sender sender(subject_->webhook_url());
    const std::int64_t number = subject_->ledger().next();
    const long status = sender.send(number);
    subject_->ledger().answered(number, status);
    EXPECT_LT(sender.took_ms(), kAnswerWithinMs);
    return status;
  }
  bool becomes(long status) {
    for (const auto until = Clock::now() + std::chrono::seconds(20); Clock::now() < until;) {
      if (send() == status) return true;
    }
    return false;
  }
  void expect_nothing_lost() {
    subject_->kill();
    EXPECT_TRUE(subject_->ledger().compare(subject_->database()).fine());
  }

  std::unique_ptr<Subject> subject_;
};

TEST_F(SlowDisk, TwentyMillisecondsASyncAreSharedByThoseWhoWait) {
  start();
  subject_->fault("delay 20");
  const auto from = Clock::now();
  Senders senders(subject_->webhook_url(), 16, subject_->ledger());
  while (senders.answers_of(200) < 200 && Clock::now() - from < std::chrono::seconds(20)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const Answers answers = senders.stop();
  EXPECT_GE(answers.ok, 200);
  EXPECT_EQ(answers.overloaded + answers.failed + answers.none + answers.other, 0);
  EXPECT_LT(answers.slowest_ms, kAnswerWithinMs);
  expect_nothing_lost();
}

TEST_F(SlowDisk, SecondsASyncAreAnsweredWith503InTimeAndHeal) {
  start();
  subject_->fault("delay 2000");
  EXPECT_EQ(send(), 503);
  EXPECT_EQ(send(), 503);
  EXPECT_GE(subject_->metric(kOverloaded), 2);  // and the admin API answers meanwhile
  EXPECT_EQ(subject_->admin("/readyz").status, 200);
  subject_->fault("delay 0");
  EXPECT_TRUE(becomes(200));
  expect_nothing_lost();
}

TEST_F(SlowDisk, AFullQueueRefusesAtOnce) {
  start({{"webhook.queue", "16"}});
  subject_->fault("delay 3000");
  Senders senders(subject_->webhook_url(), 40, subject_->ledger());
  // One batch is being written, sixteen wait; whoever comes then is refused before the clock would do it.
  const auto from = Clock::now();
  while (senders.answers_of(503) == 0 && Clock::now() - from < std::chrono::seconds(10)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_LT(Clock::now() - from, std::chrono::milliseconds(1000));
  EXPECT_LE(subject_->metric("headroom_write_queue_depth"), 16);
  EXPECT_GE(subject_->metric(kOverloaded), 1);
  subject_->fault("delay 0");
  const Answers answers = senders.stop();
  EXPECT_LT(answers.slowest_ms, kAnswerWithinMs);
  EXPECT_EQ(answers.none + answers.failed + answers.other, 0);
  EXPECT_TRUE(becomes(200));
  expect_nothing_lost();
}

TEST_F(SlowDisk, ASecondWriterIsAnsweredWith503AndHeals) {
  start();
  EXPECT_EQ(send(), 200);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open_v2(subject_->database().c_str(), &other, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  sqlite3_db_config(other, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(other, 10000);  // the daemon's housekeeping writes now and then
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_EQ(send(), 503);
  EXPECT_GE(subject_->metric(kOverloaded), 1);
  EXPECT_EQ(subject_->admin("/readyz").status, 200);
  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  EXPECT_TRUE(becomes(200));
  expect_nothing_lost();
}

// A close that empties the log syncs twice; what is in it is read by the next start.
TEST_F(SlowDisk, AStopDoesNotEmptyTheLogOfADiskThatTakesSecondsASync) {
  start();
  EXPECT_EQ(send(), 200);
  subject_->fault("delay 4000");
  EXPECT_EQ(send(), 503);
  const auto from = Clock::now();
  subject_->signal(SIGTERM);
  EXPECT_EQ(subject_->wait(), 0);
  EXPECT_LT(Clock::now() - from, std::chrono::seconds(10));
  EXPECT_TRUE(subject_->ledger().compare(subject_->database()).fine());
}

TEST_F(SlowDisk, AStopWaitsForTheDisk) {
  start();
  subject_->fault("delay 1500");
  EXPECT_EQ(send(), 503);
  const auto from = Clock::now();
  subject_->signal(SIGTERM);
  subject_->fault("delay 200");  // of the syncs that follow; the first is under way
  EXPECT_EQ(subject_->wait(), 0);
  EXPECT_LT(Clock::now() - from, std::chrono::seconds(10));
}

}  // namespace
}  // namespace headroom::soak
