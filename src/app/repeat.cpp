#include "app/repeat.h"

#include <utility>

namespace headroom {

Repeat find_repeat(Storage& storage, const RequestKey& key, TimeMs now) {
  if (auto answer = storage.find_answer(key, now - kAnswersKept)) {
    if (answer->request == key.request) return *std::move(answer);
    return Denied{422, "the Idempotency-Key has been used for another request"};
  }
  if (storage.kept_answers() >= kMaxKeptAnswers) {
    return Denied{503, "there were too many requests with an Idempotency-Key in the last 24 hours"};
  }
  return Nothing{};
}

void keep_for_repeats(Storage& storage, const RequestKey& key, KeptAnswer answer, TimeMs now) {
  if (answer.status >= 500) return;
  answer.request = key.request;
  storage.keep_answer(key, answer, now);
}

}  // namespace headroom
