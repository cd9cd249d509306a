#pragma once

#include <functional>
#include <optional>
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

// Its parts. What the event makes of its group, which is then to be saved; nullopt: nothing. Beside the group: notes
// who was there again, and ends a plan that waits for a group that is gone.
std::optional<Group> group_after(Transaction& storage, const std::optional<Group>& known, const Event& event,
                                 const Settings& settings);
// The group is to be looked at now, and was not before. (Who was due before is known to be: the scheduler is told of
// what is new to it.)
bool is_due_anew(const std::optional<Group>& known, const Group& group, const Event& event);
// Room for new groups is made a few at a time, by the new ones themselves.
inline constexpr int kEvictAtOnce = 4;

}  // namespace headroom
