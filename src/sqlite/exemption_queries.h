#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "headroom/storage.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

std::optional<Exemption> find_exemption(Connection& connection, ExemptionKind kind, const std::string& subject,
                                        TimeMs now);
std::set<std::string> exempt_members(Connection& connection, const std::vector<std::string>& accounts, TimeMs now);
Page<Exemption> list_exemptions(Connection& connection, const PageRequest& page);
std::optional<TimeMs> next_exemption_expiry(Connection& connection);

Exemption put_exemption(Connection& connection, const Exemption& exemption);
bool delete_exemption(Connection& connection, ExemptionKind kind, const std::string& subject);
std::vector<Exemption> take_expired_exemptions(Connection& connection, TimeMs now, int limit);

}  // namespace headroom::sqlite
