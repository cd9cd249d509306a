#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/problem.h"

namespace headroom {

inline std::vector<std::string> messages(const std::vector<ConfigProblem>& problems) {
  std::vector<std::string> all;
  for (const ConfigProblem& problem : problems) all.push_back(problem.message);
  return all;
}

// A folder of its own for one test, gone afterwards.
class ConfigFiles {
 public:
  ConfigFiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "headroom-config-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~ConfigFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  ConfigFiles(const ConfigFiles&) = delete;
  ConfigFiles& operator=(const ConfigFiles&) = delete;

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    std::ofstream(path(name), std::ios::binary) << text;
    ::chmod(path(name).c_str(), mode);
    return path(name);
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace headroom
