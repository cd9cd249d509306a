#include "engine/event_intake.h"

#include <memory>
#include <utility>

#include "engine/runs/approval.h"

namespace headroom {
namespace {

// What an event holds while it waits, and its answer with it.
std::size_t held_by(const Event& event) {
  constexpr std::size_t kAnswer = 1024;
  return sizeof event + event.body.capacity() + event.group_id.capacity() + event.client_ip.capacity() +
         event.platform.capacity() + kAnswer;
}

// A group that is known to be full, once more: nothing but its counters has changed.
bool has_only_counted(Group known, const Group& group) {
  known.full_events = group.full_events;
  known.last_full_at = group.last_full_at;
  return known == group;
}

// headroom's own deletes come back as exits, too: by REST, and signed for the same account as everybody's who uses it.
bool may_be_ours(const Event& event) {
  return event.exits.kicked && (event.platform.empty() || event.platform == "RESTAPI" || event.platform == "Unknown");
}

}  // namespace

std::optional<Group> group_after(Transaction& storage, const std::optional<Group>& known, const Event& event,
                                 const Settings& settings) {
  // Who leaves was there again, if headroom removed them once.
  if (known && !event.exits.accounts.empty() && !may_be_ours(event)) {
    storage.note_back(event.group_id, event.exits.accounts, event.received_at);
  }
  // A full event alone makes no group gone.
  const bool asks = known && (event.command != Command::kGroupFull || known->state == GroupState::kGone);
  const auto open = asks ? storage.open_run(event.group_id) : std::nullopt;
  // While a run is open, or a plan waits for its approval, only its end makes the group due; but a plan for a group
  // that is gone waits for nothing. One that runs looks by itself.
  if (event.command == Command::kMemberExit && open) return std::nullopt;
  if (event.command == Command::kGroupDestroyed && open && open->state == RunState::kRunning) return std::nullopt;
  // In mode observe nobody is asked: then a webhook is all the word there is.
  const Hint destroyed = settings.mode == SchedulerMode::kObserve ? Hint::kIsBelieved : Hint::kIsChecked;
  auto group = advance(known, event, settings.timing, destroyed);
  if (open && group && group->state == GroupState::kGone) end_with_group(storage, *open, event.received_at);
  return group;
}

bool is_due_anew(const std::optional<Group>& known, const Group& group, const Event& event) {
  const bool moved = !known || group.next_check_at != known->next_check_at;
  return moved && group.next_check_at && *group.next_check_at <= event.received_at;
}

Stored store_event(Transaction& storage, const Event& event, const Settings& settings) {
  if (event.command == Command::kGroupFull && !storage.insert_event(event)) return {true, false};
  const auto known = storage.find_group(event.group_id);
  const auto group = group_after(storage, known, event, settings);
  if (!group) return {};
  if (known && has_only_counted(*known, *group)) {
    storage.save_full_events(*group);
  } else {
    storage.save_group(*group);
  }
  if (!known) storage.evict_unconfirmed_groups(settings.max_unconfirmed_groups, kEvictAtOnce);
  return {false, is_due_anew(known, *group, event)};
}

void EventIntake::record(Event event, std::function<void(Recorded)> done) {
  struct Job {
    Event event;
    std::function<void(Recorded)> done;
    Stored stored;
  };
  const std::size_t bytes = held_by(event);
  const auto job = std::make_shared<Job>(Job{std::move(event), std::move(done), {}});
  const bool queued = queue_.submit(
      [this, job](Transaction& storage) { job->stored = store_event(storage, job->event, *settings_.get()); },
      [this, job](const std::exception_ptr& error) {
        if (error) {
          job->done(Recorded::kFailed);
          return;
        }
        job->done(job->stored.duplicate ? Recorded::kDuplicate : Recorded::kRecorded);
        if (job->event.command == Command::kGroupFull && !job->stored.duplicate) observer_.events_stored(1);
        if (job->stored.due) group_due_();
      },
      bytes);
  if (!queued) job->done(queue_.stopping() ? Recorded::kStopping : Recorded::kOverloaded);
}

}  // namespace headroom
