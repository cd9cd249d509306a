#pragma once

#include <variant>

#include "engine/gate/clock_trust.h"
#include "headroom/control.h"
#include "headroom/kept_answer.h"
#include "headroom/storage.h"

namespace headroom {

// What is known of a request with an Idempotency-Key, in the transaction that would carry it out: nothing, so that it
// is to be done; the answer it had; or that the key stands for another request (422), or that there is no room to keep
// one more (503). `kept_after`: an answer of before counts no more.
using Repeat = std::variant<Nothing, KeptAnswer, Denied>;
Repeat find_repeat(Transaction& storage, const RequestKey& key, TimeMs kept_after);

// Answers that were kept before count no more. Without a clock that can be trusted all count, and for as long as they
// are kept after it was set or Chat disagreed with it: it may have stamped them.
TimeMs kept_after(ClockTrust& trust, bool asks_chat, const Clock& clock);

// Whatever the transaction decided is kept, a refusal too: a script that asks again learns what its request came to,
// and nothing that was refused happens later because it kept asking. A failure of the daemon (5xx) is not.
void keep_for_repeats(Transaction& storage, const RequestKey& key, KeptAnswer answer, TimeMs now);

}  // namespace headroom
