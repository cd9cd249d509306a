#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/gate/daemon_gate.h"
#include "engine/schedule/scheduler.h"
#include "tests/support/fake_chat.h"
#include "tests/support/no_self_pause.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

namespace headroom::test {

using support::kNow;

class SchedulerLooksTest : public testing::Test, public support::NoSelfPause {
 protected:
  SchedulerLooksTest() {
    settings_.tick = kMinuteMs;
    settings_.keep_events = kDayMs;
  }
  void start() {
    cell_.set(settings_);
    scheduler_ = std::make_unique<Scheduler>(
        chat_, database_, *view_, clock_, cell_, gate_, pause_, work_, [] { return 0.5; }, observer_, *this);
  }
  void pause_self(const Reason&, const std::string&) override { ++pauses_; }
  void add(const std::string& group_id, TimeMs full_since, bool confirmed) {
    Group group;
    group.group_id = group_id;
    group.full_since = full_since;
    group.last_full_at = full_since;
    group.full_events = 1;
    group.next_check_at = full_since + settings_.timing.stale_after;
    if (confirmed) group.observed_at = full_since;
    database_.commit([&](Transaction& storage) { storage.save_group(group); });
  }
  void add_many(int count, const std::string& prefix, TimeMs full_since, bool confirmed) {
    for (int i = 0; i < count; ++i) add(prefix + std::to_string(i), full_since, confirmed);
  }
  // How many of the ids of a call begin like that.
  static std::ptrdiff_t of(const std::vector<std::string>& ids, const std::string& prefix) {
    return std::count_if(ids.begin(), ids.end(), [&](const auto& id) { return id.rfind(prefix, 0) == 0; });
  }

  // A group of Chat's, full; or one that it has only an error for.
  void put(const std::string& group_id, int error_code = 0) {
    chat_.put_group(group_id, "Public", 200, 200);
    chat_.groups[group_id].error_code = error_code;
  }

  support::TestDatabase database_;
  std::unique_ptr<ReadView> view_ = database_.open_view();
  VirtualClock clock_{kNow};
  support::FakeChat chat_;
  Settings settings_;
  SettingsCell cell_{Settings{}};
  PauseSwitch pause_;
  DaemonGate gate_{cell_, pause_};
  Observer observer_;
  WorkQueue work_{1000};
  int pauses_ = 0;
  std::unique_ptr<Scheduler> scheduler_;
};

}  // namespace headroom::test
