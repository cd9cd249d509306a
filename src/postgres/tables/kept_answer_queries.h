#pragma once

#include <optional>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

std::optional<KeptAnswer> find_answer(Connection& connection, const RequestKey& key, TimeMs created_after);
// In a transaction, by who will keep one where there is none: whoever has the same key waits for its end.
std::optional<KeptAnswer> claim_answer(Connection& connection, const RequestKey& key, TimeMs created_after);
void keep_answer(Connection& connection, const RequestKey& key, const KeptAnswer& answer, TimeMs now);
std::int64_t kept_answers(Connection& connection);
int delete_answers_before(Connection& connection, TimeMs created_before, int limit);

}  // namespace headroom::postgres
