#include "stored/schema.h"

#include <gmock/gmock.h>

#include "stored/database_problem.h"

namespace headroom {
namespace {

using testing::HasSubstr;

// Migrations 1 to `count`; an older binary knows fewer.
std::vector<Migration> known(int count) {
  std::vector<Migration> all;
  for (int i = 1; i <= count; ++i) all.push_back({i, "m" + std::to_string(i), "", "c" + std::to_string(i)});
  return all;
}

// As a database has them, of which the last ones say of older binaries what `compatible_from` has.
SchemaStatus with(int count, const std::map<int, int>& compatible_from) {
  SchemaStatus status;
  for (const Migration& migration : known(count)) {
    const auto found = compatible_from.find(migration.version);
    status.applied.push_back(
        {migration.version, migration.name, migration.checksum, 0, found == compatible_from.end() ? 0 : found->second});
  }
  return status;
}

SchemaState judged(SchemaStatus status, int newest, std::optional<std::int64_t> app = std::nullopt) {
  judge_schema(status, known(newest), app);
  return status.state;
}

TEST(SchemaTest, ANewerOneIsUsedWhenAllThatIsNewSaysSo) {
  EXPECT_EQ(judged(with(24, {}), 24), SchemaState::kCurrent);
  EXPECT_EQ(judged(with(25, {}), 24), SchemaState::kNewer) << "one that says nothing";
  EXPECT_EQ(judged(with(25, {{25, 24}}), 24), SchemaState::kCompatible);
  EXPECT_EQ(judged(with(25, {{25, 24}}), 23), SchemaState::kNewer) << "a binary that is too old for it";
  EXPECT_EQ(judged(with(26, {{25, 24}, {26, 23}}), 24), SchemaState::kCompatible);
  EXPECT_EQ(judged(with(26, {{26, 24}}), 24), SchemaState::kNewer) << "25 says nothing";
  EXPECT_EQ(judged(with(26, {{25, 24}, {26, 25}}), 24), SchemaState::kNewer) << "contract: 26 needs 25 known";
  EXPECT_EQ(judged(with(26, {{26, 25}}), 25), SchemaState::kCompatible) << "25 is known, whatever it says";
}

TEST(SchemaTest, ACompatibleOneHasToBeTheSameInAllElse) {
  SchemaStatus other = with(25, {{25, 24}});
  other.sdk_app_id = 1;
  EXPECT_EQ(judged(other, 24, 2), SchemaState::kForeignApp);
  SchemaStatus altered = with(25, {{25, 24}});
  altered.applied[3].checksum = "x";
  EXPECT_EQ(judged(altered, 24), SchemaState::kAltered);
}

TEST(SchemaTest, NothingIsToBeMigratedInACompatibleOne) {
  SchemaStatus status = with(25, {{25, 24}});
  judge_schema(status, known(24), std::nullopt);
  EXPECT_NO_THROW(require_current(status, "db"));
  EXPECT_THAT(status.detail, HasSubstr("schema version 25 of a newer headroomd, which this one (24) can use"));
  for (const std::optional<int> to : {std::optional<int>(), std::optional<int>(25)}) {
    const MigrateReport report = planned_migration(status, {.to = to}, "db");
    EXPECT_EQ(report.from, 25);
    EXPECT_EQ(report.to, 25);
    EXPECT_TRUE(report.applied.empty());
  }
  EXPECT_THROW(planned_migration(status, {.to = 24}, "db"), DatabaseProblem);
  EXPECT_THROW(planned_migration(status, {.to = 26}, "db"), DatabaseProblem);
}

}  // namespace
}  // namespace headroom
