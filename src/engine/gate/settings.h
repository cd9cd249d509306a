#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "headroom/control.h"
#include "headroom/group_state.h"
#include "headroom/policy.h"

namespace headroom {

// What a reload may change while the daemon runs.
struct Settings {
  SchedulerMode mode = SchedulerMode::kPlan;
  Timing timing;
  DurationMs tick = kSecondMs;
  DurationMs approval_ttl = kDayMs;
  DurationMs sweep_interval = kDayMs;  // 0 = no sweep by itself
  Policy policy;
  TimeMs in_force_since = 0;  // a start or a reload, by the machine's clock
  // Constant while the daemon runs.
  std::string admin_identifier = "administrator";
  std::int64_t delete_batch = 20;
  std::int64_t add_batch = 20;
  std::int64_t member_page = 100;
  std::int64_t kept_members_up_to = 1000;
  DurationMs keep_events = 90 * kDayMs;        // 0 = for ever
  DurationMs keep_kept_members = 30 * kDayMs;  // 0 = for ever
  std::int64_t max_unconfirmed_groups = 100000;
};

// The settings in force. A reader keeps the ones it got for as long as it wants the same answers.
class SettingsCell {
 public:
  explicit SettingsCell(Settings settings) : current_(std::make_shared<const Settings>(std::move(settings))) {}
  std::shared_ptr<const Settings> get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void set(Settings settings) {
    auto next = std::make_shared<const Settings>(std::move(settings));
    const std::lock_guard lock(mutex_);
    current_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> current_;
};

}  // namespace headroom
