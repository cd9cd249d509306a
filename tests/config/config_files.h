#pragma once

#include <sys/stat.h>

#include <fstream>
#include <string>
#include <vector>

#include "config/problem.h"
#include "tests/support/temp_dir.h"

namespace headroom {

inline std::vector<std::string> messages(const std::vector<ConfigProblem>& problems) {
  std::vector<std::string> all;
  for (const ConfigProblem& problem : problems) all.push_back(problem.message);
  return all;
}

// A folder of its own for one test, gone afterwards.
class ConfigFiles {
 public:
  std::string path(const std::string& name) const { return folder_.file(name); }
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    std::ofstream(path(name), std::ios::binary) << text;
    ::chmod(path(name).c_str(), mode);
    return path(name);
  }

 private:
  const test::TempDir folder_{"config"};
};

}  // namespace headroom
