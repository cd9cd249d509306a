#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "headroom/clock.h"

namespace headroom {

// One piece of work for a worker.
struct Work {
  enum class Kind {
    kPrune,     // the scheduler's run of a due group
    kCarryOut,  // an operator's stored run, to be planned
    kExecute,   // a stored plan
    kResolve,   // a run that has to be closed by looking
    kNote       // no run: whom a plan would see for the first time is noted before it
  };
  Kind kind = Kind::kPrune;
  std::string group_id;
  std::int64_t run_id = 0;
  int attempt = 0;  // how often it was left open: Chat did not answer, or its beginning could not be stored
  // Of kResolve: since when the run has been in doubt without a look, as far as this process knows. Nothing was sent
  // for it since.
  std::optional<SteadyMs> doubted_at = std::nullopt;
  bool large = false;  // a listing of more than kFewMembers

  static constexpr std::int64_t kFewMembers = 1000;
  static bool is_large(const std::optional<std::int64_t>& members) {
    return members.value_or(kFewMembers + 1) > kFewMembers;
  }
};

// Hands work to the workers. Bounded: the scheduler looks at no further groups while it is full. Notes have a lane of
// their own behind everything else: one at a time is taken, when nothing else waits. While it waits it holds no place,
// its group is not busy, and any other work for that group, which lists the members itself, replaces it.
class WorkQueue {
 public:
  explicit WorkQueue(std::size_t capacity) : capacity_(capacity) {}

  // False when it is full or stopping, or the group has work already.
  bool push(Work work);
  // Marks the group as busy for work that push_held brings in a moment, whatever else is in hand for it. False when
  // full or stopping.
  bool hold(const std::string& group_id);
  void push_held(Work work);
  // False when the lane is full, or the queue is stopping, or the group has work already.
  bool push_note(Work work);
  std::size_t room_for_notes() const;
  // Blocks until there is work; nullopt: stopping.
  std::optional<Work> pop();
  // What waits first and is not large, if there is any.
  std::optional<Work> take_small();
  // The worker is done with it; or, by the group's name alone, with work that is no note.
  void finish(const Work& work);
  void finish(const std::string& group_id);
  void stop();

  static constexpr std::size_t kMostNotes = 64;

  // pop would not block.
  bool ready() const;
  bool busy(const std::string& group_id) const;
  // Nothing but one piece of work is in hand for the group.
  bool alone(const std::string& group_id) const;
  std::size_t in_hand() const;  // waiting and under way; of notes, the one under way
  bool full() const { return in_hand() >= capacity_; }

 private:
  // Under mutex_.
  bool is_ready() const { return stopping_ || !waiting_.empty() || (!notes_.empty() && !noting_); }
  void forget_note(const std::string& group_id);

  const std::size_t capacity_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Work> waiting_;
  std::deque<Work> notes_;  // that wait
  bool noting_ = false;
  std::multiset<std::string> groups_;  // of work that waits or is under way, and of held places
  bool stopping_ = false;
};

}  // namespace headroom
