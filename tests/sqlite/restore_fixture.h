#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "sqlite/upkeep/backup.h"
#include "sqlite/upkeep/migrator.h"
#include "sqlite/upkeep/restore.h"
#include "stored/database_problem.h"
#include "tests/sqlite/killed_writer.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {

inline constexpr std::int64_t kApp = 1400000000;

inline std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// A database with three events that a killed daemon left, backed up before its last two.
class RestoreTest : public testing::Test {
 protected:
  using Kind = DatabaseProblem::Kind;

  RestoreTest() {
    Migrator(path_).up({.sdk_app_id = kApp, .now = kNow});
    write_and_be_killed(path_, 1);
    backup_database(path_, backup_);
    write_and_be_killed(path_, 2);
  }

  RestoreReport restore() { return restore_database(path_, backup_, {.sdk_app_id = kApp, .now = kNow}); }
  std::optional<Kind> problem_of(const std::string& file, std::int64_t app = kApp) {
    try {
      restore_database(path_, file, {.sdk_app_id = app, .now = kNow});
      return std::nullopt;
    } catch (const DatabaseProblem& problem) {
      EXPECT_THAT(problem.what(), testing::HasSubstr(".db"));
      return problem.kind();
    }
  }
  // Name and bytes of everything beside the database.
  std::vector<std::string> state() {
    std::vector<std::string> all;
    for (const std::string& name : dir_.listing()) all.push_back(name + ":" + content(dir_.file(name)));
    return all;
  }

  // The database and what is beside it in another folder, to try the same thing again.
  struct Copy {
    explicit Copy(const RestoreTest& of) {
      for (const char* suffix : {"", "-wal", "-shm"}) {
        if (std::filesystem::exists(of.path_ + suffix)) std::filesystem::copy_file(of.path_ + suffix, path + suffix);
      }
    }
    TempDir dir;
    const std::string path = dir.file("headroom.db");
  };

  TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  const std::string backup_ = dir_.file("backup.db");
};

}  // namespace headroom::test
