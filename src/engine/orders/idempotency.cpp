#include "engine/orders/idempotency.h"

#include <limits>
#include <utility>

namespace headroom {

Repeat find_repeat(Transaction& storage, const RequestKey& key, TimeMs kept_after) {
  if (auto answer = storage.find_answer(key, kept_after)) {
    if (answer->request == key.request) return *std::move(answer);
    return Denied{Denied::kKeyReused, "the Idempotency-Key has been used for another request"};
  }
  if (storage.kept_answers() >= kMaxKeptAnswers) {
    return Denied{Denied::kUnavailable, "there were too many requests with an Idempotency-Key in the last 24 hours"};
  }
  return Nothing{};
}

TimeMs kept_after(ClockTrust& trust, bool asks_chat, const Clock& clock) {
  constexpr TimeMs kAll = std::numeric_limits<TimeMs>::min();
  const auto now = trust.trusted_now(asks_chat);
  const auto disturbed_at = trust.disturbed_at();
  const bool may_be_misdated = disturbed_at && clock.steady_now() - *disturbed_at < kAnswersKept;
  return now && !may_be_misdated ? *now - kAnswersKept : kAll;
}

void keep_for_repeats(Transaction& storage, const RequestKey& key, KeptAnswer answer, TimeMs now) {
  if (answer.status >= 500) return;
  answer.request = key.request;
  storage.keep_answer(key, answer, now);
}

}  // namespace headroom
