#pragma once

#include <optional>
#include <string>
#include <vector>

namespace headroom::spool {

// Accounts as a JSON array of strings, byte for byte; and back, nullopt when it is none.
std::string accounts_text(const std::vector<std::string>& accounts);
std::optional<std::vector<std::string>> accounts_of(const std::string& text);

}  // namespace headroom::spool
