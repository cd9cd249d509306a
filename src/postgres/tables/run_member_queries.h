#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

Page<RunMember> list_run_members(Connection& connection, std::int64_t run_id, std::optional<Decision> decision,
                                 const PageRequest& page);
std::vector<RunMember> plan(Connection& connection, std::int64_t run_id);
RemovalUsage removal_usage(Connection& connection, TimeMs since, const std::optional<std::string>& group_id);

void insert_run_members(Connection& connection, std::int64_t run_id, const std::vector<RunMember>& members);
void shorten_plan(Connection& connection, std::int64_t run_id, std::int64_t limit);
void mark_sent(Connection& connection, std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs now);
void unmark_sent(Connection& connection, std::int64_t run_id, const std::vector<std::string>& accounts);
void finish_member(Connection& connection, std::int64_t run_id, const std::string& account, Outcome outcome,
                   int error_code);
// A run that lost rows this way no longer says that its kept members are stored.
int delete_kept_members_before(Connection& connection, TimeMs created_before, int limit);

}  // namespace headroom::postgres
