#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/engine/scheduler_world.h"
#include "tests/support/no_self_pause.h"

namespace headroom::test {

using support::kNow;

class SchedulerLooksTest : public testing::Test, protected SchedulerWorld, public support::NoSelfPause {
 protected:
  SchedulerLooksTest() {
    settings_.tick = kMinuteMs;
    settings_.keep_events = kDayMs;
  }
  void start() {
    SchedulerWorld::start(observer_, *this, [] { return 0.5; });
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

  int pauses_ = 0;
};

}  // namespace headroom::test
