#include "engine/runs/work_queue.h"

#include <algorithm>
#include <utility>

namespace headroom {

bool WorkQueue::push(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || groups_.size() >= capacity_ || groups_.contains(work.group_id)) return false;
    groups_.insert(work.group_id);
    forget_note(work.group_id);
    waiting_.push_back(std::move(work));
  }
  work_.notify_one();
  return true;
}

bool WorkQueue::hold(const std::string& group_id) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || groups_.size() >= capacity_) return false;
  groups_.insert(group_id);
  return true;
}

void WorkQueue::push_held(Work work) {
  {
    const std::lock_guard lock(mutex_);
    forget_note(work.group_id);
    waiting_.push_back(std::move(work));
  }
  work_.notify_one();
}

bool WorkQueue::push_note(Work work) {
  {
    const std::lock_guard lock(mutex_);
    const bool waits =
        std::any_of(notes_.begin(), notes_.end(), [&work](const Work& note) { return note.group_id == work.group_id; });
    if (stopping_ || notes_.size() >= kMostNotes || waits || groups_.contains(work.group_id)) return false;
    notes_.push_back(std::move(work));
  }
  work_.notify_one();
  return true;
}

std::size_t WorkQueue::room_for_notes() const {
  const std::lock_guard lock(mutex_);
  return kMostNotes - notes_.size();
}

void WorkQueue::forget_note(const std::string& group_id) {
  std::erase_if(notes_, [&group_id](const Work& note) { return note.group_id == group_id; });
}

std::optional<Work> WorkQueue::pop() {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [this] { return is_ready(); });
  if (stopping_) return std::nullopt;
  const bool note = waiting_.empty();
  std::deque<Work>& from = note ? notes_ : waiting_;
  Work work = std::move(from.front());
  from.pop_front();
  if (note) {
    noting_ = true;
    groups_.insert(work.group_id);
  }
  return work;
}

std::optional<Work> WorkQueue::take_small() {
  const std::lock_guard lock(mutex_);
  const auto small = std::find_if(waiting_.begin(), waiting_.end(), [](const Work& work) { return !work.large; });
  if (stopping_ || small == waiting_.end()) return std::nullopt;
  Work work = std::move(*small);
  waiting_.erase(small);
  return work;
}

void WorkQueue::finish(const Work& work) {
  if (work.kind == Work::Kind::kNote) {
    const std::lock_guard lock(mutex_);
    noting_ = false;
  }
  finish(work.group_id);
  work_.notify_one();  // another note may have its turn
}

void WorkQueue::finish(const std::string& group_id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = groups_.find(group_id); found != groups_.end()) groups_.erase(found);
}

void WorkQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
}

bool WorkQueue::ready() const {
  const std::lock_guard lock(mutex_);
  return is_ready();
}

bool WorkQueue::busy(const std::string& group_id) const {
  const std::lock_guard lock(mutex_);
  return groups_.contains(group_id);
}

bool WorkQueue::alone(const std::string& group_id) const {
  const std::lock_guard lock(mutex_);
  return groups_.count(group_id) == 1;
}

std::size_t WorkQueue::in_hand() const {
  const std::lock_guard lock(mutex_);
  return groups_.size();
}

}  // namespace headroom
