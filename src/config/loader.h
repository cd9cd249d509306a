#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "config/file.h"
#include "config/problem.h"

// For load.cpp and load_secrets.cpp, and for nobody else.
namespace headroom {

struct SecretSource {
  std::string key;
  std::string file;        // as configured; empty: not set
  std::string credential;  // what stands in for it
};

// Puts one source after the other into the configuration, and collects what is wrong.
class ConfigLoader {
 public:
  explicit ConfigLoader(const ConfigSources& sources);

  void add_file();
  void add_environment();
  void add_command_line();
  void check();
  void read_secrets();
  ConfigResult take() { return std::move(result_); }

 private:
  const ConfigSources& sources() const { return result_.config.sources; }
  void add(const ConfigEntry& entry, std::set<std::string>& seen);
  void advise_on_writing(const ConfigEntry& entry);
  void check_ports();
  void error(ConfigProblem problem) { result_.errors.push_back(std::move(problem)); }
  void missing(const std::string& key, const std::string& why, const std::string& allowed);
  ConfigPlace place_of(const std::string& key) const;
  bool is_outside() const;
  bool may_be_elsewhere() const;
  std::vector<std::string> credentials_of(const SecretSource& source) const;
  std::string path_of(const SecretSource& source) const;
  std::optional<Secret> secret(const SecretSource& source);
  void read_webhook_tokens();
  void not_seen(const SecretSource& source, const std::string& consequence);
  void advise();
  void read_admin_tokens();
  void check_signing();

  ConfigResult result_;
  bool file_readable_ = false;
  std::set<std::string> failed_;               // keys that were given, but not as allowed
  std::map<std::string, ConfigPlace> places_;  // of the keys that are in force, the strongest source's
};

// "/etc/headroom/headroomd.conf:12".
std::string text_of(const ConfigPlace& place);
// A secret itself may have been put where the path of its file belongs: what is no absolute path, nor any file's, is
// not shown.
std::optional<std::string> showable(const ConfigEntry& entry);

}  // namespace headroom
