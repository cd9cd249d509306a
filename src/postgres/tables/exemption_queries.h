#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

std::optional<Exemption> find_exemption(Connection& connection, ExemptionKind kind, const std::string& subject,
                                        TimeMs now);
std::map<std::string, std::optional<TimeMs>> exempt_members(Connection& connection,
                                                            const std::vector<std::string>& accounts, TimeMs now);
Page<Exemption> list_exemptions(Connection& connection, const PageRequest& page, TimeMs now);
std::vector<Exemption> expired_exemptions(Connection& connection, const TimePosition& after, TimeMs now, int limit);

Exemption put_exemption(Connection& connection, const Exemption& exemption);
bool delete_exemption(Connection& connection, ExemptionKind kind, const std::string& subject);
int delete_exemptions_before(Connection& connection, TimeMs expired_before, int limit);

}  // namespace headroom::postgres
