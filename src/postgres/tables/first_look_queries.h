#pragma once

#include <map>
#include <string>
#include <vector>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

std::map<std::string, FirstLook> first_looks(Connection& connection, const std::string& group_id,
                                             const std::vector<std::string>& accounts);
void note_first_looks(Connection& connection, const std::string& group_id, const std::vector<NotedLook>& looks,
                      TimeMs now, TimeMs moved_after);
int delete_first_looks_before(Connection& connection, TimeMs noted_before, int limit);

}  // namespace headroom::postgres
