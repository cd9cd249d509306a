#pragma once

#include <functional>
#include <utility>

#include "engine/gate/settings.h"
#include "engine/writer.h"
#include "headroom/event_sink.h"
#include "headroom/intake.h"
#include "headroom/observer.h"

namespace headroom {

// Writes webhooks down: the event and what it makes of its group, in one job of the commit queue.
class EventIntake final : public Intake {
 public:
  // `group_due`: a group's next look may have come nearer than the scheduler knows.
  EventIntake(WriteQueue& queue, const SettingsCell& settings, Observer& observer, std::function<void()> group_due)
      : queue_(queue), settings_(settings), observer_(observer), group_due_(std::move(group_due)) {}

  void record(Event event, std::function<void(Recorded)> done) override;

 private:
  WriteQueue& queue_;
  const SettingsCell& settings_;
  Observer& observer_;
  const std::function<void()> group_due_;
};

// The job itself, for tests and sweeps: stores a full-group event, moves the group.
Stored store_event(Transaction& storage, const Event& event, const Settings& settings);

}  // namespace headroom
