#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/reload.h"
#include "headroom/storage.h"

namespace headroom {

// The name that stands for a token in an entry of the audit.
inline constexpr const char* kReloadToken = "reload";
inline constexpr const char* kStartToken = "start";
inline constexpr const char* kNodeToken = "node";  // of what a node orders because of another one

// Who may be removed, and how many, is a change like any other: compares the policy and the mode of `config` with those
// that the store knows, and records what differs as one entry of the audit, in the transaction that makes the store
// know it. A store that knows none, a new one, gets no entry; neither does a key that an older version did not have.
// `node`: of several, whose they are. Returns what differs.
std::vector<ChangedKey> audit_settings(Transaction& storage, const Config& config, const char* token, TimeMs now,
                                       const std::string& node = {});

}  // namespace headroom
