#include "engine/gate/leadership.h"

#include <optional>
#include <utility>

#include "headroom/storage_error.h"

namespace headroom {

Leadership::Leadership(Writer& writer, const Clock& clock, LeaseClaim claim, DurationMs poll, Observer& observer)
    : writer_(writer), clock_(clock), claim_(std::move(claim)), poll_(poll), observer_(observer) {}

SteadyMs Leadership::step() {
  const Term term = term_;
  return term == 0 ? take() : renew(term);
}

SteadyMs Leadership::next_renewal(SteadyMs began) const {
  return began + (claim_.alone ? kDayMs : claim_.lasts / 3);
}

SteadyMs Leadership::take() {
  const SteadyMs began = clock_.steady_now();
  std::optional<std::int64_t> fence;
  writer_.commit([&](Transaction& storage) { fence = storage.take_lease(claim_); });
  if (!fence) return began + poll_;
  set_deadline(began);
  observer_.lead_taken(*fence);  // before anything goes by it
  term_ = *fence;
  return next_renewal(began);
}

SteadyMs Leadership::renew(Term term) {
  const SteadyMs began = clock_.steady_now();
  bool renewed = false;
  try {
    writer_.commit([&](Transaction& storage) { renewed = storage.renew_lease(claim_, term); });
  } catch (const StorageError&) {
    // A lock, or a store that does not answer: it leads until its deadline all the same.
    if (!is_over()) return began + kAgain;
  }
  if (!renewed) {
    lost(term);
    return began + poll_;
  }
  set_deadline(began);
  return next_renewal(began);
}

void Leadership::give_back() {
  const Term term = term_.exchange(0);
  if (term == 0) return;
  writer_.commit([&](Transaction& storage) { storage.give_back_lease(term); });
}

bool Leadership::may_send(Term term) const { return term != 0 && term_ == term && !is_over(); }

void Leadership::lost(Term term) {
  if (term != 0 && term_.compare_exchange_strong(term, 0)) observer_.lead_lost(term);
}

void LeadersWriter::require_lead() const {
  if (!may_send()) throw LeaseLost();
}

Writer::Job LeadersWriter::fenced(const Job& job) {
  return [this, &job, term = term_.load()](Transaction& storage) {
    if (term == 0 || !storage.holds_lease(term)) {
      leadership_.lost(term);
      throw LeaseLost();
    }
    job(storage);
  };
}

}  // namespace headroom
