#pragma once

#include <optional>
#include <string>

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

Counts counts(Connection& connection, TimeMs now, TimeMs stale_before);

std::optional<std::string> setting(Connection& connection, const std::string& key);
// nullopt removes it.
void put_setting(Connection& connection, const std::string& key, const std::optional<std::string>& value);

}  // namespace headroom::postgres
