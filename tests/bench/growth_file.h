#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "headroom/types.h"

namespace headroom::bench {

inline constexpr TimeMs kNow = 1'790'000'000'000;

// A database in a folder of its own, filled by SQL without syncs; removed at the end. Ids are in no order of time, as
// Chat's are. Three groups in four are full, and one of a hundred is due; events lie within the last 90 days.
class GrowthFile {
 public:
  // A folder that is named is kept, and what is in it is taken as it is.
  GrowthFile(std::int64_t groups, std::int64_t events, const std::string& folder = {});
  ~GrowthFile();
  GrowthFile(const GrowthFile&) = delete;
  GrowthFile& operator=(const GrowthFile&) = delete;

  std::string path() const { return (folder_ / "headroom.db").string(); }
  std::int64_t groups() const { return groups_; }
  std::int64_t events() const { return events_; }
  std::uintmax_t bytes() const { return std::filesystem::file_size(path()); }
  // Of the number-th group, 1..groups(); beyond that, one that is not known.
  static std::string group_id(std::int64_t number);

 private:
  void make() const;
  void fill() const;

  const std::int64_t groups_;
  const std::int64_t events_;
  const bool kept_;
  std::filesystem::path folder_;
};

}  // namespace headroom::bench
