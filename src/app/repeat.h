#pragma once

#include <variant>

#include "headroom/control.h"
#include "headroom/kept_answer.h"
#include "headroom/storage.h"

namespace headroom {

// What is known of a request with an Idempotency-Key, in the transaction that would carry it out: nothing, so that it
// is to be done; the answer it had; or that the key stands for another request (422), or that there is no room to keep
// one more (503).
using Repeat = std::variant<Nothing, KeptAnswer, Denied>;
Repeat find_repeat(Storage& storage, const RequestKey& key, TimeMs now);

// Whatever the transaction decided is kept, a refusal too: a script that asks again learns what its request came to,
// and nothing that was refused happens later because it kept asking. A failure of the daemon (5xx) is not.
void keep_for_repeats(Storage& storage, const RequestKey& key, KeptAnswer answer, TimeMs now);

}  // namespace headroom
