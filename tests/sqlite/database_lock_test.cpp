#include "sqlite/database_lock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "stored/database_problem.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

using Kind = DatabaseProblem::Kind;

std::optional<Kind> lock_problem(const std::string& path) {
  try {
    const DatabaseLock lock(path);
    return std::nullopt;
  } catch (const DatabaseProblem& problem) {
    EXPECT_NE(std::string(problem.what()).find(".lock"), std::string::npos) << problem.what();
    return problem.kind();
  }
}

TEST(DatabaseLockTest, KeepsASecondOneOutUntilItGoes) {
  const TempDir dir;
  const std::string path = dir.file("headroom.db");
  {
    const DatabaseLock lock(path);
    EXPECT_EQ(lock_problem(path), Kind::kLocked);
  }
  EXPECT_EQ(lock_problem(path), std::nullopt);
  EXPECT_EQ(dir.listing(), std::vector<std::string>{"headroom.db.lock"});  // stays; no database was created
  struct stat status {};
  ASSERT_EQ(::stat(dir.file("headroom.db.lock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(DatabaseLockTest, AnotherDatabaseIsAnotherLock) {
  const TempDir dir;
  const DatabaseLock lock(dir.file("a.db"));
  EXPECT_EQ(lock_problem(dir.file("b.db")), std::nullopt);
}

TEST(DatabaseLockTest, EveryNameOfTheFileIsTheSameLock) {
  const TempDir dir;
  std::filesystem::create_directory(dir.file("real"));
  std::ofstream(dir.file("real/headroom.db")) << "";
  std::filesystem::create_symlink("real/headroom.db", dir.file("link.db"));
  std::filesystem::create_directory_symlink("real", dir.file("folder"));
  std::filesystem::create_symlink(dir.file("link.db"), dir.file("link2.db"));
  const DatabaseLock lock(dir.file("real/headroom.db"));
  EXPECT_EQ(lock.path(), std::filesystem::canonical(dir.path()).string() + "/real/headroom.db.lock");
  EXPECT_EQ(lock_problem(dir.file("link.db")), Kind::kLocked);
  EXPECT_EQ(lock_problem(dir.file("link2.db")), Kind::kLocked);
  EXPECT_EQ(lock_problem(dir.file("folder/headroom.db")), Kind::kLocked);
  EXPECT_EQ(lock_problem(dir.file("folder/../real/./headroom.db")), Kind::kLocked);
}

TEST(DatabaseLockTest, ALinkToAFileThatIsYetToComeLocksThatFile) {
  const TempDir dir;
  std::filesystem::create_directory(dir.file("real"));
  std::filesystem::create_symlink("real/headroom.db", dir.file("link.db"));
  const DatabaseLock lock(dir.file("link.db"));
  EXPECT_EQ(lock_problem(dir.file("real/headroom.db")), Kind::kLocked);
}

TEST(DatabaseLockTest, AKilledHolderLeavesNothingBehind) {
  const TempDir dir;
  const std::string path = dir.file("headroom.db");
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const DatabaseLock lock(path);
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(lock_problem(path), Kind::kLocked);
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(lock_problem(path), std::nullopt);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(DatabaseLockTest, AMissingFolderIsMissing) {
  const TempDir dir;
  try {
    const DatabaseLock lock(dir.file("nowhere/headroom.db"));
    ADD_FAILURE();
  } catch (const DatabaseProblem& problem) {
    EXPECT_EQ(problem.kind(), Kind::kMissing);
  }
}

TEST(DatabaseLockTest, ALinkInTheLocksPlaceIsRefused) {
  const TempDir dir;
  std::filesystem::create_symlink(dir.file("elsewhere"), dir.file("headroom.db.lock"));
  EXPECT_EQ(lock_problem(dir.file("headroom.db")), Kind::kNoPermission);
  EXPECT_FALSE(std::filesystem::exists(dir.file("elsewhere")));
}

TEST(DatabaseLockTest, LinksInACircleAreAnError) {
  const TempDir dir;
  std::filesystem::create_symlink("b.db", dir.file("a.db"));
  std::filesystem::create_symlink("a.db", dir.file("b.db"));
  EXPECT_THROW(DatabaseLock{dir.file("a.db")}, DatabaseProblem);
}

TEST(DatabaseLockTest, AFolderOfOthersIsNoPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const TempDir dir;
  ::chmod(dir.path().c_str(), 0500);
  EXPECT_EQ(lock_problem(dir.file("headroom.db")), Kind::kNoPermission);
  ::chmod(dir.path().c_str(), 0700);
}

}  // namespace
}  // namespace headroom::test
