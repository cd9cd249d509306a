// What the writer knows of groups without reading them again has to be what the file says.
#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <memory>

#include "sqlite/group_cache.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

sqlite::GroupRow row(const std::string& group_id, std::int64_t id) {
  sqlite::GroupRow made{full_group(group_id), {}};
  made.group.id = id;
  return made;
}

TEST(GroupCacheTest, TheFirstGivesWay) {
  sqlite::GroupCache cache(3);
  for (const char* id : {"a", "b", "c"}) cache.put(row(id, 1));
  EXPECT_EQ(cache.put(row("b", 2)).group.id, 2) << "the same again takes no place";
  cache.put(row("d", 1));
  EXPECT_EQ(cache.find("a"), nullptr);
  for (const char* id : {"b", "c", "d"}) EXPECT_NE(cache.find(id), nullptr) << id;
  cache.erase("c");
  EXPECT_EQ(cache.find("c"), nullptr);
  for (int i = 0; i < 100; ++i) cache.put(row(std::to_string(i), i));
  EXPECT_LE(cache.size(), 3u);
  EXPECT_EQ(cache.find("99")->group.id, 99);
  cache.clear();
  EXPECT_EQ(cache.find("99"), nullptr);
}

class KnownGroupsTest : public testing::Test {
 protected:
  KnownGroupsTest() {
    Migrator(path_).up({.now = kNow});
    storage_ = std::make_unique<SqliteStorage>(SqliteStorageOptions{path_, ""});
  }
  Group find(const std::string& group_id) {
    storage_->begin();
    const auto found = storage_->find_group(group_id);
    storage_->commit();
    return found.value_or(Group{});
  }
  std::int64_t save(const std::string& group_id) {
    storage_->begin();
    const auto id = storage_->save_group(full_group(group_id));
    storage_->commit();
    return id;
  }
  void by_another(const std::string& sql) {
    SQLite::Database database(path_, SQLite::OPEN_READWRITE, 1000);
    database.exec(sql);
  }

  const TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
  std::unique_ptr<SqliteStorage> storage_;
};

TEST_F(KnownGroupsTest, AreReadAgainWhenAnotherHasWritten) {
  save("g");
  EXPECT_EQ(find("g").full_events, 1);
  by_another("UPDATE chat_group SET full_events = 70");
  EXPECT_EQ(find("g").full_events, 70);
  by_another("DELETE FROM chat_group");
  EXPECT_EQ(find("g").id, 0);
}

TEST_F(KnownGroupsTest, SoAreOpenRunsAndTheLastEventsId) {
  save("g");
  storage_->begin();
  EXPECT_FALSE(storage_->open_run("g"));
  const auto first = storage_->insert_event(full_event("g"));
  storage_->commit();
  by_another(
      "INSERT INTO run (group_id, \"trigger\", mode, state, reason, created_at, wanted, considered, eligible, selected,"
      " removed, restored, kept, kept_stored, policy) VALUES ('g', 'scheduler', 'prune', 'running', '', 1, 0, 0, 0, 0,"
      " 0, 0, '{}', 0, '{}');"
      "INSERT INTO event (group_id, source, received_at, client_ip, platform, body) VALUES ('h', 'webhook', 1, '', '', "
      "'')");
  storage_->begin();
  EXPECT_TRUE(storage_->open_run("g"));
  EXPECT_EQ(storage_->insert_event(full_event("g")), *first + 2);
  storage_->commit();
}

TEST_F(KnownGroupsTest, OpenRunsAreThoseOfTheTransaction) {
  save("g");
  storage_->begin();
  EXPECT_FALSE(storage_->open_run("g"));
  headroom::Run run = a_run("g");
  run.id = storage_->insert_run(run);
  EXPECT_TRUE(storage_->open_run("g"));
  EXPECT_FALSE(storage_->open_run("h"));
  run.state = RunState::kFailed;
  storage_->update_run(run);
  EXPECT_FALSE(storage_->open_run("g"));
  storage_->insert_run(a_run("g"));
  EXPECT_TRUE(storage_->open_run("g"));
  storage_->rollback();
  storage_->begin();
  EXPECT_FALSE(storage_->open_run("g"));
  storage_->commit();
}

TEST_F(KnownGroupsTest, AreForgottenWithWhatMadeThem) {
  const std::int64_t id = save("g");
  Group changed = find("g");
  changed.name = "changed";
  storage_->begin();
  storage_->save_group(changed);
  EXPECT_EQ(storage_->find_group("g")->name, "changed");
  storage_->rollback();
  EXPECT_EQ(find("g").name, full_group("g").name);

  storage_->begin();
  storage_->delete_group("g");
  storage_->save_group(full_group("new"));
  EXPECT_FALSE(storage_->find_group("g"));
  storage_->rollback();
  EXPECT_EQ(find("g").id, id);
  EXPECT_EQ(find("new").id, 0);

  storage_->begin();
  EXPECT_THROW(storage_->savepoint([&] {
    storage_->save_group(changed);
    throw std::runtime_error("undone");
  }),
               std::runtime_error);
  EXPECT_EQ(storage_->find_group("g")->name, full_group("g").name);
  storage_->commit();
}

TEST_F(KnownGroupsTest, AreNotThoseThatGaveWay) {
  save("oldest");
  save("newest");
  storage_->begin();
  EXPECT_EQ(storage_->evict_unconfirmed_groups(1, 4), 1);
  EXPECT_FALSE(storage_->find_group("oldest"));
  EXPECT_TRUE(storage_->find_group("newest"));
  storage_->commit();
  EXPECT_EQ(find("oldest").id, 0);
}

// Events of before the lists.
TEST(GroupEventsMigrationTest, TheirListsAreMade) {
  const TempDir dir;
  const std::string path = dir.file("headroom.db");
  Migrator(path).up({.to = 12, .now = kNow});
  {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    database.exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO event (group_id,"
        " source, received_at, client_ip, platform, body) SELECT 'g' || (i % 7), 'webhook', " +
        std::to_string(kNow) + " + i, '', '', '' FROM n; DELETE FROM event WHERE id > 990");
  }
  Migrator(path).up({.now = kNow});
  EXPECT_TRUE(Migrator(path).verify().empty());
  SqliteStorage storage({.path = path});
  storage.begin();
  EXPECT_EQ(storage.insert_event(full_event("g3", kNow + kSecondMs)), 1001) << "1000 was given out before";
  storage.commit();
  const auto ids = all_ids(50, [&](const PageRequest& page) { return storage.events({.group_id = "g3"}, page); });
  ASSERT_EQ(ids.size(), 143u);
  EXPECT_EQ(ids[0], 1001);
  EXPECT_EQ(ids[1], 990 - 990 % 7 + 3 - 7 * (990 % 7 < 3));
  EXPECT_EQ(ids.back(), 3);
}

}  // namespace
}  // namespace headroom::test
