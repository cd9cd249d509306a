#include "tests/storage/backend.h"

namespace headroom::test {
namespace {

using TransactionStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(TransactionStorageTest);

std::size_t events(ReadView& view) { return view.events({}, {}).items.size(); }

TEST_P(TransactionStorageTest, CommittedSurvivesReopening) {
  write([&](Transaction& s) { s.insert_event(full_event("g")); });
  backend().reopen();
  EXPECT_EQ(events(storage()), 1u);
}

TEST_P(TransactionStorageTest, AnOpenTransactionIsLostOnClose) {
  storage().begin();
  storage().insert_event(full_event("g"));
  backend().reopen();
  EXPECT_EQ(events(storage()), 0u);
}

TEST_P(TransactionStorageTest, RollbackUndoesAndMayBeCalledAnyTime) {
  storage().rollback();
  storage().begin();
  storage().insert_event(full_event("g"));
  EXPECT_EQ(events(storage()), 1u);  // its own reads show it
  storage().rollback();
  storage().rollback();
  EXPECT_EQ(events(storage()), 0u);
  write([&](Transaction& s) { s.insert_event(full_event("g")); });
  EXPECT_EQ(events(storage()), 1u);
}

TEST_P(TransactionStorageTest, MutationsNeedATransaction) {
  EXPECT_THROW(storage().insert_event(full_event("g")), StorageError);
  EXPECT_THROW(storage().save_group(full_group("g")), StorageError);
  EXPECT_THROW(storage().put_setting("a", "b"), StorageError);
  EXPECT_THROW(storage().savepoint([] {}), StorageError);
  EXPECT_THROW(storage().commit(), StorageError);
  EXPECT_EQ(events(storage()), 0u);
}

TEST_P(TransactionStorageTest, BeginTwiceIsAnErrorAndHarmless) {
  storage().begin();
  storage().insert_event(full_event("g"));
  EXPECT_THROW(storage().begin(), StorageError);
  storage().commit();
  EXPECT_EQ(events(storage()), 1u);
}

TEST_P(TransactionStorageTest, AFailedSavepointIsUndoneAlone) {
  storage().begin();
  storage().savepoint([&] { storage().insert_event(full_event("first")); });
  EXPECT_THROW(storage().savepoint([&] {
    storage().insert_event(full_event("second"));
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_THROW(storage().savepoint([&] {
    storage().insert_event(full_event("third"));
    storage().insert_run_members(77, {selected("a")});  // breaks a constraint
  }),
               StorageError);
  storage().savepoint([&] { storage().insert_event(full_event("fourth")); });
  storage().commit();
  const auto page = storage().events({}, {});
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.items[0].group_id, "fourth");
  EXPECT_EQ(page.items[1].group_id, "first");
}

TEST_P(TransactionStorageTest, SavepointsNest) {
  storage().begin();
  storage().savepoint([&] {
    storage().insert_event(full_event("outer"));
    EXPECT_THROW(storage().savepoint([&] {
      storage().insert_event(full_event("inner"));
      throw 1;
    }),
                 int);
  });
  storage().commit();
  EXPECT_EQ(events(storage()), 1u);
}

TEST_P(TransactionStorageTest, AStatementThatFailedWorksAgain) {
  write([&](Transaction& s) { s.save_group(full_group("g")); });
  storage().begin();
  for (int i = 0; i < 3; ++i) EXPECT_THROW(storage().save_group(full_group("g")), StorageError);
  storage().save_group(full_group("h"));
  storage().commit();
  EXPECT_TRUE(storage().find_group("h"));
}

TEST_P(TransactionStorageTest, AReadViewShowsWhatIsCommitted) {
  const auto view = backend().open_view();
  EXPECT_EQ(events(*view), 0u);
  storage().begin();
  storage().insert_event(full_event("g"));
  EXPECT_EQ(events(*view), 0u);
  storage().commit();
  EXPECT_EQ(events(*view), 1u);
  storage().begin();
  storage().insert_event(full_event("g"));
  storage().rollback();
  EXPECT_EQ(events(*view), 1u);
}

TEST_P(TransactionStorageTest, DoesItsUpkeepBesideAReader) {
  const auto view = backend().open_view();
  EXPECT_EQ(events(*view), 0u);
  for (int i = 0; i < 5; ++i) {
    write([&](Transaction& s) { s.insert_event(full_event("g")); });
    storage().make_room();
    storage().finish_upkeep();
    EXPECT_FALSE(storage().has_upkeep() || storage().upkeep_running() || storage().commit_would_wait());
    EXPECT_EQ(events(*view), static_cast<std::size_t>(i) + 1);
  }
}

}  // namespace
}  // namespace headroom::test
