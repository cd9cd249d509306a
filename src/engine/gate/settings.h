#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "headroom/calendar.h"
#include "headroom/control.h"
#include "headroom/group_state.h"
#include "headroom/loosening.h"
#include "headroom/policy.h"
#include "headroom/raise.h"

namespace headroom {

// What a reload may change while the daemon runs.
struct Settings {
  SchedulerMode mode = SchedulerMode::kPlan;
  Timing timing;
  DurationMs tick = kSecondMs;
  DurationMs approval_ttl = kDayMs;
  DurationMs sweep_interval = kDayMs;  // 0 = no sweep by itself
  Policy policy;
  Calendar calendar;
  CapacityRules capacity;
  TimeMs in_force_since = 0;  // a start or a reload, by the machine's clock
  // What reloads have replaced, the newest last: who looks now and then may have missed some of them.
  std::uint64_t reloads = 0;
  std::vector<std::shared_ptr<const BlockRules>> replaced = {};  // the newest of them
  // Constant while the daemon runs.
  std::string admin_identifier = "administrator";
  DurationMs call_may_last = 7 * kSecondMs;  // a call whose answer nobody heard may be carried out so much later
  std::int64_t delete_batch = 20;
  std::int64_t add_batch = 20;
  std::int64_t member_page = 100;
  std::int64_t kept_members_up_to = 1000;
  DurationMs keep_events = 90 * kDayMs;        // 0 = for ever
  DurationMs keep_kept_members = 30 * kDayMs;  // 0 = for ever
  std::int64_t max_unconfirmed_groups = 100000;

  BlockRules block_rules() const { return {policy, capacity}; }
};

// The settings in force. A reader keeps the ones it got for as long as it wants the same answers.
class SettingsCell {
 public:
  static constexpr std::size_t kReplacedKept = 32;

  explicit SettingsCell(Settings settings) {
    settings.reloads = 0;
    settings.replaced.clear();
    current_ = std::make_shared<const Settings>(std::move(settings));
  }
  std::shared_ptr<const Settings> get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void set(Settings settings) {
    const std::lock_guard lock(mutex_);
    settings.reloads = current_->reloads + 1;
    settings.replaced = current_->replaced;
    if (settings.replaced.size() == kReplacedKept) settings.replaced.erase(settings.replaced.begin());
    settings.replaced.push_back(std::make_shared<const BlockRules>(current_->block_rules()));
    current_ = std::make_shared<const Settings>(std::move(settings));
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> current_;
};

}  // namespace headroom
