#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include "headroom/names.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/temp_dir.h"

// Plans that waited for somebody before it was stored why.
namespace headroom::test {
namespace {

class WaitsForMigrationTest : public testing::Test {
 protected:
  // `first_share`: of the run's policy; empty: it was made before there was one, or by 100 %.
  void waits(std::int64_t id, const std::string& mode, const std::string& first_share, bool settled,
             const std::string& first_planned_at, const std::string& raise_as = "",
             const std::string& state = "awaiting_approval") {
    const std::string group = "'g" + std::to_string(id) + "'";
    SQLite::Database database(path_, SQLite::OPEN_READWRITE);
    database.exec(
        "INSERT INTO chat_group (group_id, state, reason, full_events, type, name, failures, share_settled,"
        " first_planned_at) VALUES (" +
        group + ", 'full', '', 1, '', '', 0, " + (settled ? "1, " : "0, ") + first_planned_at + ")");
    const std::string policy = first_share.empty() ? "{}" : R"({"first_share":)" + first_share + "}";
    database.exec(
        "INSERT INTO run (id, group_id, \"trigger\", mode, state, reason, created_at, wanted, considered,"
        " eligible, selected, removed, restored, kept, kept_stored, policy, raise_as) VALUES (" +
        std::to_string(id) + ", " + group + ", 'scheduler', '" + mode + "', '" + state + "', '', " +
        std::to_string(kNow) + ", 1, 40, 38, 2, 0, 0, '{}', 0, '" + policy + "', '" + raise_as + "')");
  }
  const TempDir dir_;
  const std::string path_ = dir_.file("headroom.db");
};

TEST_F(WaitsForMigrationTest, SayWhyAfterwards) {
  Migrator(path_).up({.to = 20, .now = kNow});
  const std::string half = R"({"parts_per_million":500000})";
  const std::string just_now = std::to_string(kNow - 1000), two_days_ago = std::to_string(kNow - 2 * kDayMs);
  waits(1, "approve", half, false, "NULL");
  waits(2, "raise", half, false, "NULL", "approve");
  waits(3, "prune", half, false, "NULL");
  waits(4, "prune", half, false, just_now);
  waits(5, "prune", half, true, "NULL");
  waits(6, "prune", half, false, two_days_ago);
  waits(7, "prune", "", false, "NULL");
  waits(8, "prune", half, false, "NULL", "", "expired");
  Migrator(path_).up({.now = kNow});
  SqliteStorage storage({.path = path_});
  const std::vector<WaitsFor> wanted = {WaitsFor::kMode, WaitsFor::kMode, WaitsFor::kFirstShare, WaitsFor::kFirstShare,
                                        WaitsFor::kJump, WaitsFor::kJump, WaitsFor::kJump,       WaitsFor::kNobody};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto run = storage.find_run(static_cast<std::int64_t>(i) + 1);
    ASSERT_TRUE(run) << i + 1;
    EXPECT_EQ(name_of(run->waits_for), name_of(wanted[i])) << i + 1;
  }
}

}  // namespace
}  // namespace headroom::test
