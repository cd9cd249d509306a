#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace headroom {

// Whether a reload takes that key over.
bool is_reloaded(std::string_view key);

// The keys that `next` changes and a running daemon does not take over: those outside of the policy, scheduler,
// calendar and log sections but for the tokens, the number of workers, and another key for UserSig in the same file.
// Names, never values.
std::vector<std::string> keys_that_need_a_restart(const Config& running, const Config& next);

struct ChangedKey {
  std::string key;
  std::string from;
  std::string to;
  bool operator==(const ChangedKey&) const = default;
};
// The keys that a reload takes over and that `next` changes, with their values as in the file; of a token's file
// neither, when its content is another one.
std::vector<ChangedKey> reloaded_changes(const Config& running, const Config& next);

}  // namespace headroom
