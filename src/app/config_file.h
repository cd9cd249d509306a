#pragma once

#include <string>
#include <vector>

namespace headroom {

// One value and where it stands, for errors: "/etc/headroom/headroomd.conf:12", "HEADROOM_LOG_LEVEL", "--log.level".
struct ConfigEntry {
  std::string where;
  std::string key;  // "section.key"
  std::string value;
};

struct ConfigFile {
  bool readable = false;
  std::vector<ConfigEntry> entries;  // in the order of the file, repeated keys kept
  std::vector<std::string> errors;   // lines that are neither a section, nor a key, nor a comment
};

// INI, at most 1 MiB. Keys are not checked here.
ConfigFile read_config_file(const std::string& path);

// For errors: in quotes, on one line, cut when it is long.
std::string quote_value(const std::string& value);

}  // namespace headroom
