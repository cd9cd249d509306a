#pragma once

#include <string>
#include <vector>

#include "config/problem.h"

namespace headroom {

struct ConfigEntry {
  ConfigPlace place;
  std::string where;  // the place, for messages: "/etc/headroom/headroomd.conf:12", "HEADROOM_LOG_LEVEL", "--log.level"
  std::string key;    // "section.key"
  std::string value;
  std::string comment = {};  // what follows the value on its line, from # on
};

struct ConfigFile {
  bool readable = false;
  std::vector<ConfigEntry> entries;   // in the order of the file, repeated keys kept
  std::vector<ConfigProblem> errors;  // lines that are neither a section, nor a key, nor a comment
};

// INI, at most 1 MiB. Keys are not checked here.
ConfigFile read_config_file(const std::string& path);

// For errors: on one line, cut when it is long.
std::string shown_value(const std::string& value);
std::string quote_value(const std::string& value);  // the same, in quotes

}  // namespace headroom
