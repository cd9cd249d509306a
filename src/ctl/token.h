#pragma once

#include <map>
#include <optional>
#include <string>

#include "config/secrets.h"

namespace headroom::ctl {

using Environment = std::map<std::string, std::string>;

// The variable's value; empty when it is not set.
std::string value_of(const Environment& environment, const std::string& name);

// The token that the daemon is shown: of the file that is named, and otherwise of the first that exists. Throws
// Failure (no access) when there is none, or when that one can not be read: it is not passed over.
Secret find_token(const std::optional<std::string>& named_file, const Environment& environment);

}  // namespace headroom::ctl
