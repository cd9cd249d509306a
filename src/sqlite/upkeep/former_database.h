#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "headroom/types.h"
#include "sqlite/upkeep/forgotten.h"

namespace headroom {

// The database that a restore replaces. The caller holds the DatabaseLock.
class FormerDatabase {
 public:
  FormerDatabase(std::filesystem::path path, TimeMs now, std::function<void(const char*)> before);

  // What is in it and not in `successor`; absent when it can not be told.
  std::optional<Forgotten> beyond(const std::string& successor) const;
  // Its log, so that the file alone is all of it. False when there is none, or the two can not be read together.
  // Throws DatabaseProblem kLocked when somebody reads it.
  bool take_log_in() const;
  // A second name for the file, then another one for what is left beside it. The file keeps its place until something
  // takes it.
  void put_aside();

  const std::string& aside() const { return aside_; }  // empty: there is no such file
  const std::vector<std::string>& moved() const { return moved_; }

 private:
  std::string free_name(TimeMs now) const;

  const std::filesystem::path path_;
  const TimeMs now_;
  const std::function<void(const char*)> before_;
  std::string aside_;
  std::vector<std::string> moved_;
};

}  // namespace headroom
