#include "spool/spooling.h"

#include <utility>

#include "headroom/storage_error.h"
#include "stored/database_problem.h"

namespace headroom {

Spooling::Spooling(Spool& spool, const Clock& clock, Hooks hooks)
    : spool_(spool), clock_(clock), hooks_(std::move(hooks)), began_at_(clock.steady_now()) {
  try {
    spool_.retry_refused();
  } catch (const StorageError& error) {
    if (error.kind() == StorageError::Kind::kFatal) fail(error.what());
  }
  spooling_ = spool_.depth() > 0;
  if (spooling_) hooks_.began("events are left from before");
}

std::optional<Spooling::Appended> Spooling::append_behind(std::span<const Event> events) {
  const std::lock_guard lock(mutex_);
  if (!spooling_) return std::nullopt;
  return append(events);
}

Spooling::Appended Spooling::begin(std::span<const Event> events, const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (!spooling_) {
    spooling_ = true;
    began_at_ = clock_.steady_now();
    forwarded_ = 0;
    hooks_.began(why);
  }
  database_away(why);
  return append(events);
}

void Spooling::try_end() {
  const std::lock_guard lock(mutex_);
  const bool left = spool_.depth() > 0;
  if (!spooling_ || (left && !failed())) return;
  spooling_ = false;
  database_back();
  set_full("", false);
  if (!left) hooks_.ended(clock_.steady_now() - began_at_, forwarded_);
}

Spooling::Appended Spooling::append(std::span<const Event> events) {
  if (failed()) return {0, true};
  try {
    const std::size_t taken = spool_.append(events);
    if (taken < events.size()) {
      set_full("the spool holds " + std::to_string(spool_.depth() + spool_.refused()) + " events, which is spool.max",
               true);
    } else if (!full_by_bound_ || is_roomy()) {
      set_full("", false);
    }
    return {taken, false};
  } catch (const StorageError& error) {
    if (error.kind() == StorageError::Kind::kFull) set_full(error.what(), false);
    if (error.kind() == StorageError::Kind::kFatal) fail(error.what());
    return {0, true};
  }
}

// So much that it is not full again with the next event.
bool Spooling::is_roomy() const { return spool_.depth() + spool_.refused() <= spool_.max() - spool_.max() / 10; }

void Spooling::set_full(const std::string& why, bool by_bound) {
  full_by_bound_ = by_bound;
  {
    const std::lock_guard lock(state_mutex_);
    const bool same = full_.empty() == why.empty();
    full_ = why;
    if (same) return;
  }
  hooks_.full(why);
}

void Spooling::forwarded(std::int64_t events) {
  const std::lock_guard lock(mutex_);
  forwarded_ += events;
  if (full_by_bound_ && is_roomy()) set_full("", false);
}

void Spooling::set_aside(const Event& event, const std::string& why) {
  const std::lock_guard lock(mutex_);
  hooks_.refused(event, why);
}

void Spooling::database_away(const std::string& why) {
  const std::lock_guard lock(state_mutex_);
  if (!away_since_) away_since_ = clock_.steady_now();
  away_ = why;
}

void Spooling::database_back() {
  const std::lock_guard lock(state_mutex_);
  away_since_.reset();
  away_.clear();
}

void Spooling::fail(const std::string& why) {
  {
    const std::lock_guard lock(state_mutex_);
    if (!failure_.empty()) return;
    failure_ = why;
  }
  hooks_.failed(why);
}

void Spooling::mend() {
  const std::lock_guard lock(mutex_);
  if (spool_.failure().empty()) return;
  try {
    spool_.reopen();
  } catch (const StorageError&) {
    return;
  } catch (const DatabaseProblem&) {
    return;
  }
  {
    const std::lock_guard state_lock(state_mutex_);
    failure_.clear();
  }
  hooks_.failed("");
  if (spool_.depth() == 0 || spooling_) return;
  spooling_ = true;
  began_at_ = clock_.steady_now();
  forwarded_ = 0;
  hooks_.began("events are left from before");
}

bool Spooling::failed() const {
  const std::lock_guard lock(state_mutex_);
  return !failure_.empty();
}

Spooling::State Spooling::state() const {
  State state;
  state.depth = spool_.depth();
  state.refused = spool_.refused();
  const std::lock_guard lock(state_mutex_);
  state.away = away_;
  if (away_since_) state.away_for = clock_.steady_now() - *away_since_;
  state.full = full_;
  state.failure = failure_;
  state.spooling = spooling_ || state.depth > 0 || away_since_;
  return state;
}

}  // namespace headroom
