#include "spool/forwarder.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "headroom/storage_error.h"
#include "stored/database_problem.h"

namespace headroom {

Forwarder::Forwarder(EventSink& sink, Spooling& spooling, const Clock& clock, StoredHooks stored, Options options)
    : sink_(sink),
      spooling_(spooling),
      clock_(clock),
      stored_(std::move(stored)),
      options_(std::move(options)),
      size_(options_.batch) {}

SteadyMs Forwarder::step() {
  Spool& spool = spooling_.spool();
  spool.look();
  mend();
  const SteadyMs later = clock_.steady_now() + options_.again_after;
  if (!spooling_.spooling()) spool.tidy();  // which a full disk may have kept it from
  if (!knows_database() || !spooling_.spooling()) return later;
  try {
    if (spool.depth() > 0 && !spooling_.failed() && !send_some()) return later;
  } catch (const StorageError& error) {
    // The spool's own.
    if (error.kind() == StorageError::Kind::kFatal) spooling_.fail(error.what());
    return later;
  }
  const bool stuck = spooling_.failed();
  if ((spool.depth() == 0 || stuck) && options_.straight_way_is_free()) {
    spooling_.try_end();
    known_ = false;
  }
  spool.tidy();
  return spool.depth() > 0 && !stuck ? clock_.steady_now() : later;
}

void Forwarder::mend() {
  Spool& spool = spooling_.spool();
  if (spool.failure().empty()) return mend_at_.reset();
  spooling_.fail(spool.failure());
  known_ = false;
  const SteadyMs now = clock_.steady_now();
  if (!mend_at_) mend_at_ = now + options_.mends_every;
  if (now < *mend_at_) return;
  mend_at_ = now + options_.mends_every;
  spooling_.mend();
}

// Asked before there is anything to send, so that what is spooled is known to be for it; and anew behind each failure,
// and whenever the straight way was closed: what answers next may be another one, and a spool that could take nothing
// has no other way to learn that there is one again.
bool Forwarder::knows_database() {
  if (known_ || !options_.identity) return true;
  std::string identity;
  try {
    identity = options_.identity();
  } catch (const StorageError& error) {
    spooling_.database_away(error.what());
  }
  if (identity.empty()) return false;
  if (!spooling_.spooling()) spooling_.database_back();
  try {
    if (spooling_.spool().failure().empty()) spooling_.spool().belong_to(identity);
    known_ = true;
  } catch (const StorageError&) {  // the spool's own: it has no room, or shows by itself that it has failed
  } catch (const DatabaseProblem& problem) {
    spooling_.fail(problem.what());
    options_.foreign(problem);
  }
  return known_;
}

// False when the next is to wait.
bool Forwarder::send_some() {
  const Spool::Batch batch = spooling_.spool().oldest(size_);
  const SteadyMs until = clock_.steady_now() + options_.patience;
  int attempts = 1;
  const spool::Pass pass = spool::store_in_halves(
      sink_, batch.events, [&] { return ++attempts <= options_.most_attempts && clock_.steady_now() < until; });
  if (pass.away) {
    known_ = false;
    vain_passes_ = 0;
    spooling_.database_away(pass.stopped);
  }
  const bool too_slow = pass.verdicts.empty() && !pass.away;
  size_ = too_slow ? std::max<std::size_t>(1, size_ / 4) : std::min(options_.batch, 2 * size_);
  if (pass.verdicts.empty()) return false;
  tell_stored(stored_, batch.events, pass.verdicts);
  const bool some_stored = std::any_of(pass.verdicts.begin(), pass.verdicts.end(),
                                       [](const auto& verdict) { return std::holds_alternative<Stored>(verdict); });
  if (some_stored && !pass.away) spooling_.database_back();
  vain_passes_ = some_stored || pass.away ? 0 : vain_passes_ + 1;
  // A database that takes none of them may be what is wrong: nothing is set aside on its word alone, but nothing stands
  // in the way for ever either.
  if (!some_stored && vain_passes_ < options_.most_vain_passes) return false;
  vain_passes_ = 0;
  settle(batch, pass);
  return !pass.away;
}

void Forwarder::settle(const Spool::Batch& batch, const spool::Pass& pass) {
  std::vector<Spool::Refused> refused;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < pass.verdicts.size(); ++i) {
    const auto* refusal = std::get_if<spool::Refusal>(&pass.verdicts[i]);
    if (refusal == nullptr) continue;
    refused.push_back({batch.ids[i], refusal->why});
    places.push_back(i);
  }
  spooling_.spool().remove_through(batch.ids[pass.verdicts.size() - 1], refused);
  spooling_.forwarded(static_cast<std::int64_t>(pass.verdicts.size() - refused.size()));
  for (std::size_t i = 0; i < places.size(); ++i) {
    spooling_.set_aside(batch.events[places[i]], refused[i].why);
  }
}

}  // namespace headroom
