// A restore that is killed at any of its steps.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "sqlite/log_check.h"
#include "tests/sqlite/restore_fixture.h"

namespace headroom::test {
namespace {

using testing::IsEmpty;

// Killed before its n-th change of the disk. False once it came through.
bool restore_and_be_killed(const std::string& path, const std::string& backup, int n) {
  const pid_t child = ::fork();
  if (child == 0) {
    int step = 0;
    RestoreOptions options{.sdk_app_id = kApp, .now = kNow};
    options.before = [&](const char*) {
      if (step++ == n) ::kill(::getpid(), SIGKILL);
    };
    restore_database(path, backup, options);
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << status;
  return WIFSIGNALED(status);
}

TEST_F(RestoreTest, AKillAtAnyStepLeavesTheOldOrTheNewOneWhole) {
  bool killed = true;
  std::vector<std::int64_t> found;
  for (int n = 0; killed && n < 20; ++n) {
    const Copy copy(*this);
    killed = restore_and_be_killed(copy.path, backup_, n);
    EXPECT_NO_THROW(check_log(copy.path)) << n;
    EXPECT_THAT(Migrator(copy.path).verify(), IsEmpty()) << n;
    found.push_back(count_events(copy.path));
    if (!killed) break;
    // The next one finishes the work, and what the killed one left is gone.
    const RestoreReport report = restore_database(copy.path, backup_, {.sdk_app_id = kApp, .now = kNow});
    EXPECT_EQ(count_events(copy.path), 1) << n;
    EXPECT_EQ(count_events(report.put_aside), found.back()) << n;
    for (const std::string& name : copy.dir.listing()) EXPECT_EQ(name.find(".restore-"), std::string::npos) << name;
  }
  EXPECT_FALSE(killed);
  ASSERT_GE(found.size(), 5u);
  EXPECT_EQ(found.front(), 3);
  EXPECT_EQ(found.back(), 1);
}

// Of files that do not belong together a start must never get to see the half without its log.
TEST_F(RestoreTest, AKillAmongMixedFilesLeavesWhatAStartRefusesOrTheNewOne) {
  const std::string other = dir_.file("other.db");
  backup_database(path_, other);
  std::filesystem::copy_file(other, path_, std::filesystem::copy_options::overwrite_existing);
  bool killed = true;
  bool refused = false;
  bool restored = false;
  for (int n = 0; killed && n < 20; ++n) {
    const Copy copy(*this);
    killed = restore_and_be_killed(copy.path, backup_, n);
    try {
      check_log(copy.path);
      EXPECT_EQ(count_events(copy.path), 1) << n;
      EXPECT_FALSE(std::filesystem::exists(copy.path + "-wal")) << n;
      restored = true;
    } catch (const DatabaseProblem& problem) {
      EXPECT_EQ(problem.kind(), Kind::kBadLog) << n;
      EXPECT_FALSE(restored) << n;
      refused = true;
    }
    restore_database(copy.path, backup_, {.sdk_app_id = kApp, .now = kNow});
    EXPECT_EQ(check_log(copy.path), LogCheck::kNoLog) << n;
  }
  EXPECT_TRUE(refused && restored);
}

}  // namespace
}  // namespace headroom::test
