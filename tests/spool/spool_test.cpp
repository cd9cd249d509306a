#include "spool/spool.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "headroom/storage_error.h"
#include "sqlite/upkeep/migrator.h"
#include "stored/database_problem.h"
#include "tests/spool/spool_samples.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/temp_dir.h"

namespace headroom {
namespace {

using test::groups_of;
using test::numbered;
using test::numbered_from;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

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
  template <typename Call>
  static std::optional<StorageError::Kind> error_of(Call&& call) {
    try {
      call();
    } catch (const StorageError& error) {
      return error.kind();
    }
    return std::nullopt;
  }

  const test::TempDir folder_{"spool"};
  test::FaultVfs faults_;
};

void expect_same(const Event& a, const Event& b) {
  EXPECT_EQ(a.command, b.command);
  EXPECT_EQ(a.group_id, b.group_id);
  EXPECT_EQ(a.source, b.source);
  EXPECT_EQ(a.event_time, b.event_time);
  EXPECT_EQ(a.received_at, b.received_at);
  EXPECT_EQ(a.client_ip, b.client_ip);
  EXPECT_EQ(a.platform, b.platform);
  EXPECT_EQ(a.topic_id, b.topic_id);
  EXPECT_EQ(a.exits.kicked, b.exits.kicked);
  EXPECT_EQ(a.exits.accounts, b.exits.accounts);
  EXPECT_EQ(a.body, b.body);
  EXPECT_EQ(a.fingerprint, b.fingerprint);
  EXPECT_EQ(a.intake_id, b.intake_id);
}

TEST_F(SpoolTest, KeepsEveryFieldAsItIs) {
  Event most = numbered(1);
  most.command = Command::kMemberExit;
  most.source = EventSource::kSweep;
  most.client_ip = "192.0.2.1";
  most.platform = std::string("a\0b", 3);
  most.topic_id = "";
  most.exits = {true, {"alice", "\"b\\", "\xff\xfe", std::string("\0", 1)}};
  most.body = std::string("{\"\xe5\xbe\xae\":\0\xff}", 10);
  most.fingerprint = test::intake_id(77);
  Event least;
  least.command = Command::kGroupDestroyed;
  least.intake_id = test::intake_id(2);
  {
    const auto spool = open();
    EXPECT_EQ(spool->append(std::vector{most, least}), 2U);
  }
  const Spool::Batch batch = open()->oldest(10);
  ASSERT_THAT(batch.events, SizeIs(2));
  EXPECT_THAT(batch.ids, ElementsAre(1, 2));
  expect_same(batch.events[0], most);
  expect_same(batch.events[1], least);
  EXPECT_EQ(batch.events[0].id, 0);
}

TEST_F(SpoolTest, TheOldestGoFirstAndOnlyThey) {
  auto spool = open();
  spool->append(numbered_from(0, 5));
  const Spool::Batch two = spool->oldest(2);
  EXPECT_THAT(groups_of(two.events), ElementsAre("g0", "g1"));
  spool->append(numbered_from(5, 1));
  spool->remove_through(two.ids.back());
  EXPECT_EQ(spool->depth(), 4);
  EXPECT_THAT(all(*spool), ElementsAre("g2", "g3", "g4", "g5"));
  spool.reset();
  spool = open();
  EXPECT_EQ(spool->depth(), 4);
  EXPECT_THAT(all(*spool), ElementsAre("g2", "g3", "g4", "g5"));
  spool->remove_through(spool->oldest(9).ids.back());
  EXPECT_EQ(spool->depth(), 0);
  EXPECT_THAT(spool->oldest(9).events, IsEmpty());
}

TEST_F(SpoolTest, AnIdIsNotUsedTwiceWhileItIsOpen) {
  const auto spool = open();
  spool->append(numbered_from(0, 1));
  const std::int64_t id = spool->oldest(1).ids.front();
  spool->remove_through(id);
  spool->append(numbered_from(1, 1));
  spool->remove_through(id);
  EXPECT_THAT(all(*spool), ElementsAre("g1"));
}

TEST_F(SpoolTest, TakesAsManyAsThereIsRoomFor) {
  const auto spool = open(3);
  EXPECT_EQ(spool->append(numbered_from(0, 2)), 2U);
  EXPECT_EQ(spool->append(numbered_from(2, 2)), 1U);
  EXPECT_EQ(spool->append(numbered_from(3, 1)), 0U);
  EXPECT_THAT(all(*spool), ElementsAre("g0", "g1", "g2"));
  const std::vector<Spool::Refused> refused = {{1, "no"}};
  spool->remove_through(1, refused);  // what is set aside takes room, too
  EXPECT_EQ(spool->append(numbered_from(3, 1)), 0U);
  spool->remove_through(2);
  EXPECT_EQ(spool->append(numbered_from(3, 2)), 1U);
}

TEST_F(SpoolTest, ASmallerBoundLosesNothing) {
  open()->append(numbered_from(0, 5));
  const auto spool = open(2);
  EXPECT_EQ(spool->append(numbered_from(5, 1)), 0U);
  EXPECT_THAT(all(*spool), SizeIs(5));
}

TEST_F(SpoolTest, LongBodiesComeInSmallerBatches) {
  const auto spool = open();
  for (std::uint64_t i = 0; i < 20; ++i) spool->append(std::vector{numbered(i, 1 << 20)});
  EXPECT_THAT(spool->oldest(256).events, SizeIs(16));
}

TEST_F(SpoolTest, WhatIsRefusedIsSetAsideAndComesAgain) {
  auto spool = open();
  spool->append(numbered_from(0, 4));
  const std::vector<Spool::Refused> refused = {{1, "broken"}, {3, "too"}};
  spool->remove_through(3, refused);
  EXPECT_EQ(spool->depth(), 1);
  EXPECT_EQ(spool->refused(), 2);
  EXPECT_THAT(groups_of(spool->refused_after(0, 9).events), ElementsAre("g0", "g2"));
  spool.reset();
  spool = open();
  EXPECT_EQ(spool->refused(), 2);
  spool->retry_refused();
  EXPECT_EQ(spool->refused(), 0);
  EXPECT_EQ(spool->depth(), 3);
  EXPECT_THAT(all(*spool), ElementsAre("g3", "g0", "g2"));
  spool->append(numbered_from(4, 1));
  EXPECT_THAT(spool->oldest(9).ids, ElementsAre(4, 5, 6, 7));
  spool.reset();
  EXPECT_EQ(open()->depth(), 4);
}

TEST_F(SpoolTest, IsOneDatabasesAlone) {
  const auto opened_for = [this](const std::string& identity) {
    return problem_of([&] { Spool(SpoolOptions{.path = path(), .identity = identity}); });
  };
  EXPECT_EQ(opened_for("A"), std::nullopt);
  EXPECT_EQ(opened_for("B"), std::nullopt);  // it was empty
  Spool(SpoolOptions{.path = path(), .identity = "B"}).append(numbered_from(0, 1));
  EXPECT_EQ(opened_for("A"), DatabaseProblem::Kind::kForeignApp);
  EXPECT_EQ(opened_for("B"), std::nullopt);
  Spool spool(SpoolOptions{.path = path()});  // not known yet
  EXPECT_EQ(spool.identity(), "B");
  EXPECT_EQ(problem_of([&] { spool.belong_to("A"); }), DatabaseProblem::Kind::kForeignApp);
  const std::vector<Spool::Refused> refused = {{1, "no"}};
  spool.remove_through(1, refused);
  EXPECT_EQ(problem_of([&] { spool.belong_to("A"); }), DatabaseProblem::Kind::kForeignApp);  // set aside counts
  EXPECT_EQ(spool.identity(), "B");
}

TEST_F(SpoolTest, WhatCameBeforeTheDatabaseWasKnownIsTheFirstKnownOnes) {
  Spool spool(SpoolOptions{.path = path()});
  spool.append(numbered_from(0, 1));
  spool.belong_to("A");
  EXPECT_EQ(problem_of([&] { spool.belong_to("B"); }), DatabaseProblem::Kind::kForeignApp);
}

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
  EXPECT_EQ(error_of([&] { spool->append(numbered_from(1, 1)); }), StorageError::Kind::kFull);
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
  EXPECT_EQ(error_of([&] { spool->append(numbered_from(1, 1)); }), StorageError::Kind::kFatal);
  faults_.on_sync = SQLITE_OK;
  EXPECT_EQ(error_of([&] { spool->append(numbered_from(2, 1)); }), StorageError::Kind::kFatal);
  EXPECT_EQ(error_of([&] { spool->oldest(1); }), StorageError::Kind::kFatal);
  EXPECT_THAT(spool->failure(), HasSubstr("spool.db: "));
  spool.reset();
  EXPECT_THAT(all(*open()), testing::Contains("g0"));
}

TEST_F(SpoolTest, IsOpenedAnewAfterADiskThatFailed) {
  auto spool = open();
  spool->append(numbered_from(0, 3));
  spool->remove_through(1);
  faults_.on_sync = SQLITE_IOERR_FSYNC;
  EXPECT_EQ(error_of([&] { spool->append(numbered_from(3, 1)); }), StorageError::Kind::kFatal);
  EXPECT_ANY_THROW(spool->reopen());
  EXPECT_NE(spool->failure(), "");
  EXPECT_EQ(error_of([&] { spool->oldest(1); }), StorageError::Kind::kFatal);
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
  EXPECT_EQ(error_of([&] { spool->append(events); }), StorageError::Kind::kOther);
  EXPECT_EQ(spool->depth(), 0);
  EXPECT_EQ(spool->failure(), "");
}

TEST_F(SpoolTest, AFileThatIsTakenAwayEndsIt) {
  const auto spool = open();
  std::filesystem::rename(path(), path() + ".away");
  spool->look();
  EXPECT_THAT(spool->failure(), HasSubstr("removed"));
  EXPECT_EQ(error_of([&] { spool->append(numbered_from(0, 1)); }), StorageError::Kind::kFatal);
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
