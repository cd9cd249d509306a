#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "headroom/group_state.h"
#include "tests/engine/scheduler_world.h"
#include "tests/support/no_self_pause.h"

namespace headroom::test {

using support::kNow;

class WrongClockTest : public testing::Test, protected SchedulerWorld, public support::NoSelfPause, public Observer {
 protected:
  WrongClockTest() {
    settings_.keep_events = 90 * kDayMs;
    chat_.before_look = [this] { chat_.offset = true_now() - clock_.now(); };
    restart();
  }
  TimeMs true_now() const { return kNow + (clock_.steady_now() - began_); }
  void restart() {
    start(*this, *this, [] { return 1.0; });
  }
  void pause_self(const Reason& reason, const std::string& group_id) override {
    paused_.push_back(name_of(reason));
    pause_.show({"", reason, group_id});
  }
  void end_own_pause(const Reason&, PauseEnd) override {
    ended_at_.push_back(true_now());
    pause_.show({});
  }
  void run_finished(const headroom::Run& run) override { finished_.push_back(run); }
  // As its thread would.
  void run_for(DurationMs duration) {
    for (const SteadyMs end = clock_.steady_now() + duration; clock_.steady_now() < end;) {
      const SteadyMs next = scheduler_->step();
      clock_.set(std::clamp(next, clock_.steady_now() + 1, end));
    }
  }
  void wrong_by(DurationMs error) { clock_.step(true_now() + error - clock_.now()); }
  void receive(int count, TimeMs received_at, TimeMs event_time) {
    database_.commit([&](Transaction& storage) {
      for (int i = 0; i < count; ++i) {
        Event event;
        event.group_id = "e" + std::to_string(received_ + i);
        event.received_at = received_at;
        event.event_time = event_time;
        storage.insert_event(event);
      }
    });
    received_ += count;
  }
  std::size_t events() { return view_->events({}, {1000, std::nullopt}).items.size(); }
  void exempt(const std::string& subject, ExemptionKind kind, TimeMs expires_at) {
    database_.commit([&](Transaction& storage) {
      storage.put_exemption(
          {.id = 0, .kind = kind, .subject = subject, .reason = "", .created_at = kNow, .expires_at = expires_at});
    });
  }
  void full_event(const std::string& group_id) {
    Event event;
    event.group_id = group_id;
    event.received_at = clock_.now();
    event.event_time = true_now();
    database_.commit([&](Transaction& storage) {
      storage.save_group(*advance(storage.find_group(group_id), event, settings_.timing));
    });
  }
  GroupState state(const std::string& group_id) { return view_->find_group(group_id)->state; }

  const SteadyMs began_ = clock_.steady_now();
  int received_ = 0;
  std::vector<std::string> paused_;
  std::vector<TimeMs> ended_at_;
  std::vector<headroom::Run> finished_;
};

}  // namespace headroom::test
