#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/sweeps/sweep_row.h"
#include "engine/sweeps/sweeper.h"
#include "headroom/names.h"
#include "tests/support/fake_chat.h"
#include "tests/support/no_self_pause.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

namespace headroom::support {

// A sweeper on a Chat in memory, stepped and read by hand in virtual time.
class SweeperTest : public testing::Test, public Observer, public NoSelfPause {
 protected:
  SweeperTest() { restart(); }

  // A new process on the same database.
  void restart() {
    sweeper_.reset();
    sweeper_ = make_sweeper(chat_, database_);
  }
  std::unique_ptr<Sweeper> make_sweeper(ChatApi& chat, Writer& writer, const SweepLimits& limits = {}) {
    return std::make_unique<Sweeper>(
        chat, writer, *view_, clock_, settings_, pause_, [] { return 1.0; }, *this, *this, [this] { ++due_; }, limits);
  }
  void sweep_began(const Sweep&) override { ++began_; }
  void sweep_ended(const Sweep& sweep) override {
    ended_.push_back(std::string(name_of(sweep.state)) + " " + name_of(sweep.reason));
  }
  void type_skipped(const std::string& type, int) override { skipped_.push_back(type); }
  void events_stored(std::int64_t count) override { events_ += count; }
  void pause_self(const Reason& reason, const std::string&) override { pauses_.push_back(name_of(reason)); }
  void set(const std::function<void(Settings&)>& change) {
    Settings settings = *settings_.get();
    change(settings);
    settings_.set(settings);
  }
  // Steps and reads in turn, for as long as a sweep runs; waits by moving the clock.
  void run(int most_turns = 10000) {
    for (int turn = 0; turn < most_turns; ++turn) {
      const SteadyMs next = sweeper_->step();
      if (!sweeper_->running()) return;
      if (read_all() == 0) clock_.set(next);
    }
    ADD_FAILURE() << "the sweep has no end";
  }
  int read_all() {
    int reads = 0;
    for (auto read = Sweeper::Read::kSome; read != Sweeper::Read::kNothing && read != Sweeper::Read::kNoSweep;) {
      read = sweeper_->read_some(chat_);
      if (read == Sweeper::Read::kSome || read == Sweeper::Read::kPage) ++reads;
    }
    return reads;
  }
  Sweep newest() { return database_.view().sweeps({1, std::nullopt}).items.at(0); }
  std::size_t sweeps() { return database_.view().sweeps({100, std::nullopt}).items.size(); }
  std::vector<std::string> event_groups() {
    std::vector<std::string> ids;
    for (const Event& event : database_.view().events({}, {1000, std::nullopt}).items) ids.push_back(event.group_id);
    return ids;
  }
  void start(bool dry_run = false) {
    database_.commit([&](Transaction& storage) { ASSERT_TRUE(insert_sweep(storage, dry_run, clock_.now())); });
  }
  // Seven groups of each type, the last of each full.
  void fill_world() {
    for (const std::string type : {"Private", "Public", "ChatRoom", "Community", "AVChatRoom"}) {
      for (int i = 0; i < 7; ++i) chat_.put_group(type + std::to_string(i), type, i == 6 ? 200 : 199, 200);
    }
  }

  TestDatabase database_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  FakeChat chat_;
  VirtualClock clock_{kNow};
  SettingsCell settings_{Settings{}};
  PauseSwitch pause_;
  std::unique_ptr<Sweeper> sweeper_;
  int began_ = 0, due_ = 0;
  std::int64_t events_ = 0;
  std::vector<std::string> ended_, skipped_, pauses_;
};

}  // namespace headroom::support
