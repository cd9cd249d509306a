#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "headroom/storage.h"
#include "postgres/connection.h"

// The table `removal` is kept by triggers on run_member.outcome, `policy_outcome` by triggers on both.
namespace headroom::postgres {

std::map<std::string, Removal> removals(Connection& connection, const std::string& group_id,
                                        const std::vector<std::string>& accounts);
std::map<std::string, TimeMs> rejoined(Connection& connection, const std::string& group_id, int limit);
void note_back(Connection& connection, const std::string& group_id, const std::vector<std::string>& accounts,
               TimeMs now);
std::int64_t note_rejoined(Connection& connection, const std::string& group_id,
                           const std::vector<std::string>& accounts, TimeMs now);
std::vector<PolicyOutcome> policy_outcomes(Connection& connection, int limit);

}  // namespace headroom::postgres
