#pragma once

#include <atomic>
#include <cstdint>

#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/lease.h"
#include "headroom/observer.h"

namespace headroom {

// Whether this node leads, and until when it may send. One thread steps, or none where it is alone; everybody may ask.
//
// The lease in the store says who leads, and its fence, which every commit of the leader's work carries, that nobody
// else does. A call at Chat carries none: it goes out before a local deadline only, the start of the last renewal and
// what the lease lasts, less a margin. Whoever takes over waits for longer than such a call may last.
class Leadership {
 public:
  static constexpr DurationMs kMargin = 2 * kSecondMs;  // of the deadline before the lease's end
  static constexpr DurationMs kAgain = kSecondMs;       // after a renewal that failed

  // `poll`: between two tries to take it.
  Leadership(Writer& writer, const Clock& clock, LeaseClaim claim, DurationMs poll, Observer& observer);

  // Takes the lease, or renews it; returns when the next step is due. Throws StorageError where it can not be taken; a
  // renewal that fails is tried again until the deadline.
  SteadyMs step();
  // Others need not wait for its end. Once nothing of the leader's work is under way.
  void give_back();

  // Others may lead instead.
  bool shared() const { return !claim_.alone; }
  // The lease's fence; 0: it does not lead.
  using Term = std::int64_t;
  Term term() const { return term_; }
  // It leads, and a call may go out.
  bool leads() const { return may_send(term_); }
  // It leads by that term, and a call may go out.
  bool may_send(Term term) const;
  // A commit of that term has met another's fence.
  void lost(Term term);

 private:
  SteadyMs take();
  SteadyMs renew(Term term);
  void set_deadline(SteadyMs began) { deadline_ms_ = (began + (claim_.lasts - kMargin)).ms; }
  bool is_over() const { return !claim_.alone && clock_.steady_now().ms >= deadline_ms_; }
  SteadyMs next_renewal(SteadyMs began) const;

  Writer& writer_;
  const Clock& clock_;
  const LeaseClaim claim_;
  const DurationMs poll_;
  Observer& observer_;
  std::atomic<std::int64_t> deadline_ms_ = 0;  // of the monotonic clock
  std::atomic<Term> term_ = 0;
};

// Commits of the leader's work. An object belongs to one line of work, which begins with begin(): from then on it
// commits by the term of that moment alone, whoever leads later, this node included.
class LeadersWriter final : public Writer {
 public:
  LeadersWriter(Writer& writer, Leadership& leadership) : writer_(writer), leadership_(leadership) {}

  void begin() { term_ = leadership_.term(); }
  Leadership::Term term() const { return term_; }
  // A call may go out.
  bool may_send() const { return leadership_.may_send(term_); }
  // Throws LeaseLost where none may.
  void require_lead() const;

  // Throws LeaseLost, and has done nothing then.
  void commit(const Job& job) override { writer_.commit(fenced(job)); }
  void commit_housekeeping(const Job& job) override { writer_.commit_housekeeping(fenced(job)); }
  bool works() const override { return writer_.works() && may_send(); }

 private:
  Job fenced(const Job& job);  // which has to outlive it

  Writer& writer_;
  Leadership& leadership_;
  std::atomic<Leadership::Term> term_ = 0;
};

}  // namespace headroom
