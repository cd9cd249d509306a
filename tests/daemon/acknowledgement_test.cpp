// 200 is sent after the event is on disk, and never before: with a disk that stands still in the middle of a commit.
#include <gmock/gmock.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "engine/event_intake.h"
#include "engine/gate/settings.h"
#include "tests/daemon/commit_queue_fixture.h"
#include "tests/support/fault_vfs.h"
#include "tests/webhook/fake_intake.h"
#include "webhook/handler.h"

namespace headroom {
namespace {

using testing::Each;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kPatience = std::chrono::seconds(20);

// A disk of which each sync of the log waits until it is let through.
class Turnstile {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait_for(lock, kPatience, [this] { return open_ || passes_ > 0; });
    if (!open_) --passes_;
    --waiting_;
  }
  bool wait_for_one() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [this] { return waiting_ > 0; });
  }
  void let_one_through() {
    const std::lock_guard lock(mutex_);
    ++passes_;
    changed_.notify_all();
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  int passes_ = 0;
  bool open_ = false;
};

class Acknowledgement : public CommitQueueTest {
 protected:
  Acknowledgement() {
    faults_.before_log_sync = [this] {
      if (armed_) disk_.pass();
    };
    slow_ = std::make_unique<SqliteStorage>(SqliteStorageOptions{path(), faults_.name()});
    queue_ = std::make_unique<CommitQueue>(*slow_, CommitQueue::Options{});
    intake_ = std::make_unique<EventIntake>(*queue_, settings_, observer_, [] {});
    webhook::WebhookOptions options;
    options.sdk_app_id = 7;
    options.answer_within = kHourMs;
    options.max_body = 2 << 20;
    handler_ = std::make_unique<webhook::WebhookHandler>(options, *intake_, clock_, webhook::WebhookHandler::Hooks{});
    queue_->commit(put("warm"));  // the first after an opening syncs twice
    armed_ = true;
  }
  ~Acknowledgement() override {
    disk_.open();
    queue_->stop();  // an answer is out before its completion has ended, which is the intake's
    handler_.reset();
    intake_.reset();
    queue_.reset();
    slow_.reset();
  }
  static std::string full(int event_time) {
    return R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g","EventTime":)" +
           std::to_string(event_time) + "}";
  }
  void send(const std::string& body) {
    http::Request request;
    request.method = "POST";
    request.path = "/chat/webhook";
    request.query = {{"SdkAppid", "7"}};
    request.body = body;
    handler_->handle(std::move(request), [this](const http::Response& response) {
      const std::lock_guard lock(mutex_);
      answers_.push_back(response.status);
      changed_.notify_all();
    });
  }
  std::vector<int> answers() {
    const std::lock_guard lock(mutex_);
    return answers_;
  }
  std::vector<int> wait_for_answers(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return answers_.size() >= count; });
    return answers_;
  }
  std::size_t events_on_disk() const {
    return SqliteReadView({path(), "", std::chrono::milliseconds(1000)}).events({}, {1000, {}}).items.size();
  }

  Turnstile disk_;
  std::atomic<bool> armed_ = false;
  test::FaultVfs faults_;
  SettingsCell settings_{Settings{}};
  Observer observer_;
  support::FixedClock clock_{1000};
  std::unique_ptr<SqliteStorage> slow_;
  std::unique_ptr<CommitQueue> queue_;
  std::unique_ptr<EventIntake> intake_;
  std::unique_ptr<webhook::WebhookHandler> handler_;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> answers_;
};

TEST_F(Acknowledgement, ComesAfterTheCommit) {
  send(full(1));
  ASSERT_TRUE(disk_.wait_for_one());
  EXPECT_THAT(answers(), IsEmpty());
  disk_.let_one_through();
  EXPECT_THAT(wait_for_answers(1), Each(200));
  EXPECT_EQ(events_on_disk(), 1U);
}

TEST_F(Acknowledgement, ComesAfterTheCommitOfTheWholeBatch) {
  send(full(1));
  ASSERT_TRUE(disk_.wait_for_one());
  for (int i = 2; i <= 10; ++i) send(full(i));
  disk_.let_one_through();
  wait_for_answers(1);
  ASSERT_TRUE(disk_.wait_for_one());
  EXPECT_THAT(answers(), SizeIs(1));
  disk_.let_one_through();
  EXPECT_THAT(wait_for_answers(10), testing::AllOf(SizeIs(10), Each(200)));
}

// A repeat's answer says that the first is on disk.
TEST_F(Acknowledgement, OfARepeatComesAfterTheFirst) {
  send(full(1));
  ASSERT_TRUE(disk_.wait_for_one());
  send(full(1));
  EXPECT_THAT(answers(), IsEmpty());
  disk_.open();
  EXPECT_THAT(wait_for_answers(2), Each(200));
  EXPECT_EQ(events_on_disk(), 1U);
}

// One that fails makes the others be done one by one, each behind a savepoint.
TEST_F(Acknowledgement, ComesAfterTheCommitBesideAJobThatFails) {
  send(full(1));
  ASSERT_TRUE(disk_.wait_for_one());
  queue_->submit(failing(StorageError::Kind::kOther), [](const std::exception_ptr&) {});
  send(full(2));
  disk_.let_one_through();
  wait_for_answers(1);
  ASSERT_TRUE(disk_.wait_for_one());
  EXPECT_THAT(answers(), SizeIs(1));
  disk_.let_one_through();
  EXPECT_THAT(wait_for_answers(2), Each(200));
}

TEST_F(Acknowledgement, IsNoneWhenTheCommitFails) {
  faults_.on_sync = SQLITE_IOERR_FSYNC;
  send(full(1));
  ASSERT_TRUE(disk_.wait_for_one());
  EXPECT_THAT(answers(), IsEmpty());
  disk_.let_one_through();
  EXPECT_THAT(wait_for_answers(1), Each(500));
  faults_.on_sync = SQLITE_OK;
}

// The memory behind a disk that stands still: by what the events hold, long before there are too many of them.
TEST_F(Acknowledgement, WhatWaitsForTheDiskIsBounded) {
  constexpr int kEvents = 200;
  send(full(1));
  ASSERT_TRUE(disk_.wait_for_one());
  std::atomic<int> refused = 0;
  std::atomic<int> stored = 0;
  for (int i = 0; i < kEvents; ++i) {
    Event event;
    event.group_id = "g";
    event.body = std::string(1 << 20, 'x');
    intake_->record(std::move(event),
                    [&](Recorded recorded) { ++(recorded == Recorded::kRecorded ? stored : refused); });
  }
  EXPECT_EQ(stored, 0);
  EXPECT_GE(refused, kEvents - 64);
  EXPECT_LE(refused, kEvents - 60);
  Event small;  // what is left of the limit takes it
  small.command = Command::kGroupDestroyed;
  small.group_id = "g";
  intake_->record(std::move(small), [&](Recorded recorded) { ++(recorded == Recorded::kRecorded ? stored : refused); });
  disk_.open();
  queue_->stop();
  EXPECT_EQ(stored + refused, kEvents + 1);
  EXPECT_LE(refused, kEvents - 60);
}

}  // namespace
}  // namespace headroom
