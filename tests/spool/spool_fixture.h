#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spool/spool.h"
#include "stored/database_problem.h"
#include "tests/spool/spool_samples.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/kind_of.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {

class SpoolTest : public testing::Test {
 protected:
  std::string path() const { return folder_.file("spool.db"); }
  std::unique_ptr<Spool> open(std::int64_t max = 1'000'000) {
    return std::make_unique<Spool>(SpoolOptions{.path = path(), .identity = "A", .max = max, .vfs = faults_.name()});
  }
  static std::vector<std::string> all(Spool& spool) { return groups_of(spool.oldest(1000).events); }
  template <typename Call>
  static std::optional<DatabaseProblem::Kind> problem_of(Call&& call) {
    try {
      call();
    } catch (const DatabaseProblem& problem) {
      return problem.kind();
    }
    return std::nullopt;
  }

  const TempDir folder_{"spool"};
  FaultVfs faults_;
};

}  // namespace headroom::test
