#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace headroom {

// One row of the table that is the configuration: parsing, defaults, errors, help and the check of the shipped file
// all come from it.
struct ConfigKey {
  std::string_view name;      // "chat.sdk_app_id"
  std::string_view fallback;  // the default, written as in the file; empty: none
  std::string_view allowed;   // for errors: "1..100"
  std::string_view meaning;   // one sentence
  // False when `value` is not allowed; the configuration is then as before.
  std::function<bool(Config&, std::string_view value)> assign;
  // The value in force, written as in the file; empty when there is none.
  std::function<std::string(const Config&)> show;
  // What helps whoever wrote a value that is not allowed; empty: nothing but `allowed`.
  std::function<std::string(std::string_view value)> hint;
};

const std::vector<ConfigKey>& config_keys();

// nullptr when there is no such key.
const ConfigKey* find_config_key(std::string_view name);

// "HEADROOM_CHAT_SDK_APP_ID" for "chat.sdk_app_id".
std::string environment_name(std::string_view key);

}  // namespace headroom
