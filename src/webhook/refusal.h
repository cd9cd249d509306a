#pragma once

#include <string>

#include "headroom/refusal.h"
#include "webhook/http_names.h"

namespace headroom::webhook {

// Why a webhook is not taken: for its sender, and for the operator what to do about it.
struct Refusal {
  RefusalReason reason = RefusalReason::kMalformed;
  std::string text;
  std::string hint = {};  // in the log; empty: see hint_of
};

// The contract's row: 404, 405, 413, 403, 400, 503 or 500.
int status_of(RefusalReason reason);
// What an operator may do about refusals of that kind.
std::string hint_of(RefusalReason reason);

Response answer_of(const Refusal& refusal);

}  // namespace headroom::webhook
