// The spool's file: whose it is, who may have it, and what becomes of it on a disk that fails.
#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "sqlite/upkeep/migrator.h"
#include "tests/spool/spool_fixture.h"

namespace headroom {
namespace {

using test::kind_of;
using test::numbered;
using test::numbered_from;
using test::SpoolTest;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(SpoolTest, OnlyOneHoldsIt) {
  const auto spool = open();
  EXPECT_EQ(problem_of([this] { open(); }), DatabaseProblem::Kind::kLocked);
}

TEST_F(SpoolTest, OnlyItsOwnerReadsIt) {
  const auto spool = open();
  for (const char* end : {"", "-wal", "-shm", ".lock"}) {
    struct stat status {};
    ASSERT_EQ(::stat((path() + end).c_str(), &status), 0) << end;
    EXPECT_EQ(status.st_mode & 0777, 0600U) << end;
  }
}

TEST_F(SpoolTest, OtherFilesAreLeftAlone) {
  EXPECT_EQ(problem_of([this] { Spool(SpoolOptions{.path = path(), .create = false}); }),
            DatabaseProblem::Kind::kMissing);
  std::ofstream(path()) << std::string(200, '.');
  EXPECT_EQ(problem_of([this] { open(); }), DatabaseProblem::Kind::kNotADatabase);
  std::filesystem::remove(path());
  Migrator(path()).up({.sdk_app_id = 1400000000, .now = 1});
  std::filesystem::remove(path() + ".lock");
  EXPECT_EQ(problem_of([this] { open(); }), DatabaseProblem::Kind::kNotADatabase);
  EXPECT_FALSE(std::filesystem::exists(path() + ".lock"));
}

TEST_F(SpoolTest, ANewerOneIsRefused) {
  open();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
  sqlite3_exec(database, "PRAGMA user_version = 2", nullptr, nullptr, nullptr);
  sqlite3_close(database);
  EXPECT_EQ(problem_of([this] { open(); }), DatabaseProblem::Kind::kNewer);
}

TEST_F(SpoolTest, ALogWithoutItsFileIsNotTakenForNothing) {
  open()->append(numbered_from(0, 1));
  std::filesystem::copy(path(), path() + "-wal");
  std::filesystem::remove(path());
  EXPECT_EQ(problem_of([this] { open(); }), DatabaseProblem::Kind::kBadLog);
}

// Neither a start nor an export can make anything of it: what is to be done is said.
TEST_F(SpoolTest, AnEmptyFileBesideALogIsSaidToBeEmpty) {
  open()->append(numbered_from(0, 1));
  std::filesystem::copy(path(), path() + "-wal");
  std::ofstream(path(), std::ios::trunc).close();
  std::string words;
  try {
    open();
  } catch (const DatabaseProblem& problem) {
    words = problem.what();
  }
  EXPECT_NE(words.find("is empty"), std::string::npos) << words;
  EXPECT_NE(words.find("put that file back"), std::string::npos) << words;
  EXPECT_EQ(words.find("spool export"), std::string::npos) << words << ": it refuses, too";
  std::filesystem::remove(path() + "-wal");
  EXPECT_EQ(open()->depth(), 0) << "as it says";
}

TEST_F(SpoolTest, AFullDiskHeals) {
  const auto spool = open();
  spool->append(numbered_from(0, 1));
  faults_.on_write = SQLITE_FULL;
  EXPECT_EQ(kind_of([&] { spool->append(numbered_from(1, 1)); }), StorageError::Kind::kFull);
  EXPECT_EQ(spool->failure(), "");
  EXPECT_EQ(spool->depth(), 1);
  faults_.on_write = SQLITE_OK;
  EXPECT_EQ(spool->append(numbered_from(2, 1)), 1U);
  EXPECT_THAT(all(*spool), ElementsAre("g0", "g2"));
}

TEST_F(SpoolTest, ADiskThatFailsEndsIt) {
  auto spool = open();
  spool->append(numbered_from(0, 1));
  faults_.on_sync = SQLITE_IOERR_FSYNC;
  EXPECT_EQ(kind_of([&] { spool->append(numbered_from(1, 1)); }), StorageError::Kind::kFatal);
  faults_.on_sync = SQLITE_OK;
  EXPECT_EQ(kind_of([&] { spool->append(numbered_from(2, 1)); }), StorageError::Kind::kFatal);
  EXPECT_EQ(kind_of([&] { spool->oldest(1); }), StorageError::Kind::kFatal);
  EXPECT_THAT(spool->failure(), HasSubstr("spool.db: "));
  spool.reset();
  EXPECT_THAT(all(*open()), testing::Contains("g0"));
}

TEST_F(SpoolTest, IsOpenedAnewAfterADiskThatFailed) {
  auto spool = open();
  spool->append(numbered_from(0, 3));
  spool->remove_through(1);
  faults_.on_sync = SQLITE_IOERR_FSYNC;
  EXPECT_EQ(kind_of([&] { spool->append(numbered_from(3, 1)); }), StorageError::Kind::kFatal);
  EXPECT_ANY_THROW(spool->reopen());
  EXPECT_NE(spool->failure(), "");
  EXPECT_EQ(kind_of([&] { spool->oldest(1); }), StorageError::Kind::kFatal);
  EXPECT_EQ(spool->depth(), 2);
  faults_.on_sync = SQLITE_OK;
  spool->reopen();
  EXPECT_EQ(spool->failure(), "");
  spool->append(numbered_from(4, 1));
  EXPECT_THAT(all(*spool), testing::IsSupersetOf({"g1", "g2", "g4"}));
  EXPECT_THAT(all(*spool), testing::Not(testing::Contains("g0")));
  EXPECT_EQ(static_cast<std::size_t>(spool->depth()), all(*spool).size());
  EXPECT_EQ(problem_of([this] { open(); }), DatabaseProblem::Kind::kLocked);
}

TEST_F(SpoolTest, AFileThatIsGoneWithItsEventsIsNotMadeAnew) {
  const auto spool = open();
  spool->append(numbered_from(0, 1));
  spool->tidy();
  for (const char* end : {"", "-wal"}) std::filesystem::rename(path() + end, path() + ".away" + end);
  spool->look();
  EXPECT_EQ(problem_of([&] { spool->reopen(); }), DatabaseProblem::Kind::kMissing);
  EXPECT_THAT(spool->failure(), HasSubstr("removed"));
  for (const char* end : {"", "-wal"}) std::filesystem::rename(path() + ".away" + end, path() + end);
  spool->reopen();
  EXPECT_EQ(spool->failure(), "");
  EXPECT_THAT(all(*spool), ElementsAre("g0"));
  spool->remove_through(1);

  for (const char* end : {"", "-wal"}) std::filesystem::remove(path() + end);
  spool->look();
  spool->reopen();  // nothing was in it
  spool->append(numbered_from(1, 1));
  EXPECT_THAT(all(*spool), ElementsAre("g1"));
}

TEST_F(SpoolTest, AnEventWithoutAnIntakeIdIsNotTaken) {
  const auto spool = open();
  std::vector<Event> events = numbered_from(0, 2);
  events[1].intake_id.reset();
  EXPECT_EQ(kind_of([&] { spool->append(events); }), StorageError::Kind::kOther);
  EXPECT_EQ(spool->depth(), 0);
  EXPECT_EQ(spool->failure(), "");
}

TEST_F(SpoolTest, AFileThatIsTakenAwayEndsIt) {
  const auto spool = open();
  std::filesystem::rename(path(), path() + ".away");
  spool->look();
  EXPECT_THAT(spool->failure(), HasSubstr("removed"));
  EXPECT_EQ(kind_of([&] { spool->append(numbered_from(0, 1)); }), StorageError::Kind::kFatal);
}

TEST_F(SpoolTest, AnEmptyOneIsSmallAgain) {
  const auto spool = open();
  for (std::uint64_t i = 0; i < 24; ++i) {
    spool->append(std::vector{numbered(i, 1 << 20)});
    spool->tidy();
  }
  EXPECT_GT(std::filesystem::file_size(path()), 16U << 20);
  EXPECT_LT(std::filesystem::file_size(path() + "-wal"), 8U << 20);
  spool->remove_through(24);
  spool->tidy();
  EXPECT_LT(std::filesystem::file_size(path()) + std::filesystem::file_size(path() + "-wal"), 1U << 20);
  spool->append(numbered_from(30, 1));
  EXPECT_THAT(all(*spool), ElementsAre("g30"));
}

}  // namespace
}  // namespace headroom
