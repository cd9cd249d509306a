#pragma once

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace headroom::test {

// A new folder, "headroom-KIND-…", for who removes it himself.
inline std::filesystem::path make_temp_dir(const std::string& kind) {
  std::string name = (std::filesystem::temp_directory_path() / ("headroom-" + kind + "-XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::filesystem::filesystem_error("mkdtemp", name, std::error_code(errno, std::generic_category()));
  }
  return name;
}

// A folder of its own, removed with all that is in it.
class TempDir {
 public:
  explicit TempDir(const std::string& kind = "test") : path_(make_temp_dir(kind)) {}
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }
  // Names of what is in it, sorted.
  std::vector<std::string> listing() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace headroom::test
