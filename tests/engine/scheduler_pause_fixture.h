#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/scheduler_world.h"
#include "tests/support/no_self_pause.h"

namespace headroom::test {

using support::FakeChat;
using support::kNow;

inline constexpr FakeChat::Refusal kRejected{ChatOutcome::kCredentialsRejected, 70009};
inline constexpr FakeChat::Refusal kOperatorNeeded{ChatOutcome::kOperatorNeeded, 60020};

class SchedulerPauseTest : public testing::Test, protected SchedulerWorld, public support::NoSelfPause {
 protected:
  SchedulerPauseTest() {
    Group group;
    group.group_id = "g";
    group.full_since = kNow - kHourMs;
    group.next_check_at = kNow - kMinuteMs;
    database_.commit([&](Transaction& storage) { storage.save_group(group); });
    chat_.put_group("g", "Public", 100, 200);
    settings_.tick = kMinuteMs;
    settings_.timing.retry_base = 2 * kMinuteMs;
    settings_.timing.retry_max = kHourMs;
    restart();
  }
  // A new process: what it knows of the pause is what was kept.
  void restart() {
    start(observer_, *this, [this] { return random_; });
  }
  void pause_self(const Reason& reason, const std::string& group_id) override {
    paused_.push_back(name_of(reason));
    pause_.show({"", reason, group_id});
  }
  void keep_own_pause() override { ++kept_; }
  void end_own_pause(const Reason&, PauseEnd end) override {
    ++ended_;
    ends_.push_back(end);
    pause_.show({});
  }
  // Chat does not answer about `g`, which is due all the same, and then answers.
  void fail_a_look() {
    refuse({ChatOutcome::kOutcomeUnknown, 0});
    scheduler_->step();
    chat_.look_refusals.clear();
    database_.commit([&](Transaction& storage) {
      auto group = storage.find_group("g");
      group->next_check_at = clock_.now();
      group->cooldown_until.reset();
      storage.save_group(*group);
    });
  }
  void refuse(const FakeChat::Refusal& refusal) { chat_.look_refusals.assign(1000, refusal); }
  // Steps as its thread would, until then; when it called Chat, in milliseconds from now.
  std::vector<DurationMs> run_for(DurationMs duration) {
    std::vector<DurationMs> called;
    const TimeMs from = clock_.now();
    for (int calls = chat_.all_calls(); clock_.now() < from + duration;) {
      const SteadyMs next = scheduler_->step();
      if (std::exchange(calls, chat_.all_calls()) != chat_.all_calls()) called.push_back(clock_.now() - from);
      clock_.set(std::max(next, clock_.steady_now() + 1));
    }
    return called;
  }
  // An open run that nobody has in hand.
  void leave_open(RunMode mode) {
    run_.id = 7;
    run_.group_id = "left open";
    run_.mode = mode;
    run_.started_at = clock_.now();
    scheduler_->resolve_later(run_, 0);
  }
  // The same, with a worker that can not close it; how often it was to.
  int resolutions_in(DurationMs duration) {
    int count = 0;
    for (const TimeMs end = clock_.now() + duration; clock_.now() < end;) {
      const SteadyMs next = scheduler_->step();
      while (work_.in_hand() > 0) {
        const Work work = work_.pop().value();
        count += work.kind == Work::Kind::kResolve ? 1 : 0;
        work_.finish(work.group_id);
        scheduler_->resolve_later(run_, work.attempt + 1);
      }
      clock_.set(std::max(next, clock_.steady_now() + 1));
    }
    return count;
  }
  // The next probe finds it gone: within the longest back-off.
  void cause_goes() {
    chat_.look_refusals.clear();
    for (const TimeMs end = clock_.now() + 2 * kHourMs; ended_ == 0 && clock_.now() < end;) resolutions_in(1);
    ASSERT_EQ(ended_, 1);
  }
  // What run_for returns, between one call and the next.
  static std::vector<DurationMs> gaps(const std::vector<DurationMs>& times) {
    std::vector<DurationMs> result;
    for (std::size_t i = 1; i < times.size(); ++i) result.push_back(times[i] - times[i - 1]);
    return result;
  }

  double random_ = 1.0;
  std::vector<std::string> paused_;
  int ended_ = 0, kept_ = 0;
  std::vector<PauseEnd> ends_;
  headroom::Run run_;
};

}  // namespace headroom::test
