#pragma once

#include <functional>

#include "engine/gate/settings.h"
#include "engine/writer.h"
#include "headroom/intake.h"

namespace headroom {

// Writes webhooks down: the event and what it makes of its group, in one job of the commit queue.
class EventIntake final : public Intake {
 public:
  struct Hooks {
    std::function<void(TimeMs)> event_stored = [](TimeMs) {};  // received_at
    // A group's next look may have come nearer than the scheduler knows.
    std::function<void()> group_due = [] {};
  };
  EventIntake(WriteQueue& queue, const SettingsCell& settings, Hooks hooks)
      : queue_(queue), settings_(settings), hooks_(std::move(hooks)) {}

  void record(Event event, std::function<void(Recorded)> done) override;

 private:
  WriteQueue& queue_;
  const SettingsCell& settings_;
  const Hooks hooks_;
};

// The job itself, for tests and sweeps: stores a full-group event, moves the group. `due`: the group is to be looked
// at now, which is new.
struct Stored {
  bool duplicate = false;
  bool due = false;
};
Stored store_event(Transaction& storage, const Event& event, const Settings& settings);

}  // namespace headroom
