#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/temp_dir.h"

// What the hot queries cost with few and with many groups. HEADROOM_BENCH_LARGE=1 adds ten million groups, which takes
// minutes and about 2 GiB in the folder for temporary files.
namespace headroom {
namespace {

constexpr TimeMs kNow = 1'790'000'000'000;
constexpr int kDue = 50;

// A database with `groups` groups, `kDue` of them due; removed at the end.
class Populated {
 public:
  explicit Populated(std::int64_t groups) {
    Migrator(path()).up({.now = kNow});
    fill(groups);
  }

  std::string path() const { return folder_.file("headroom.db"); }

 private:
  // By SQL, without syncs and without the triggers that count: this is not what is measured. Three in four groups are
  // full and wait for a later look.
  void fill(std::int64_t groups) const {
    SQLite::Database database(path(), SQLite::OPEN_READWRITE);
    database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; BEGIN");
    std::vector<std::string> triggers;
    SQLite::Statement names(database, "SELECT name FROM sqlite_master WHERE type = 'trigger'");
    while (names.executeStep()) triggers.push_back(names.getColumn(0).getString());
    names.reset();
    for (const std::string& name : triggers) database.exec("DROP TRIGGER " + name);
    SQLite::Statement insert(
        database,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)"
        " INSERT INTO chat_group (group_id, state, reason, full_since, full_events, type, name, observed_at,"
        " next_check_at, failures) SELECT printf('@TGS#%010d', i), iif(i % 4 = 0, 'has_room', 'full'), '',"
        " iif(i % 4 = 0, NULL, ?2 + i), 1, 'Public', 'a group', ?2,"
        " CASE WHEN i % ?3 = 1 THEN ?2 - i WHEN i % 4 = 0 THEN NULL ELSE ?2 + i END, 0 FROM n");
    insert.bind(1, groups);
    insert.bind(2, kNow);
    insert.bind(3, groups / kDue);
    insert.exec();
    database.exec("COMMIT");
    database.exec("PRAGMA journal_mode = WAL");
  }

  const test::TempDir folder_{"bench"};
};

Populated& populated(std::int64_t groups) {
  static std::map<std::int64_t, std::unique_ptr<Populated>> databases;
  auto& database = databases[groups];
  if (!database) database = std::make_unique<Populated>(groups);
  return *database;
}

void due_groups(benchmark::State& state) {
  SqliteReadView view({.path = populated(state.range(0)).path()});
  for (auto _ : state) {
    const auto groups = view.due_groups(kNow, kDue);
    if (groups.size() != static_cast<std::size_t>(kDue)) state.SkipWithError("not the groups that are due");
    benchmark::DoNotOptimize(groups.data());
  }
}

void next_due_at(benchmark::State& state) {
  SqliteReadView view({.path = populated(state.range(0)).path()});
  for (auto _ : state) benchmark::DoNotOptimize(view.next_due_at());
}

void page_of_full_groups(benchmark::State& state) {
  SqliteReadView view({.path = populated(state.range(0)).path()});
  const GroupFilter full{.states = {GroupState::kFull}};
  for (auto _ : state) benchmark::DoNotOptimize(view.groups(full, {}).items.data());
}

// A commit with its sync, of `events` events with their groups: what a batch of webhooks costs.
void commit_events(benchmark::State& state) {
  SqliteStorage storage({.path = populated(10'000).path()});
  std::uint32_t number = 0;
  for (auto _ : state) {
    storage.begin();
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      Event event;
      event.group_id = "@TGS#BENCH";
      event.received_at = kNow;
      event.body.assign(300, 'x');
      event.fingerprint.emplace();
      ++number;
      for (std::size_t byte = 0; byte < sizeof number; ++byte) {
        (*event.fingerprint)[byte] = static_cast<std::uint8_t>(number >> (8 * byte));
      }
      storage.insert_event(event);
    }
    storage.commit();
    if (number % 1024 == 0) storage.checkpoint();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Arg(10'000)->Arg(1'000'000);
  if (::getenv("HEADROOM_BENCH_LARGE") != nullptr) bench->Arg(10'000'000);
}

BENCHMARK(due_groups)->Apply(sizes)->Unit(benchmark::kMicrosecond);
BENCHMARK(next_due_at)->Apply(sizes)->Unit(benchmark::kMicrosecond);
BENCHMARK(page_of_full_groups)->Apply(sizes)->Unit(benchmark::kMicrosecond);
// More rounds than these would fill the disk.
BENCHMARK(commit_events)->Arg(1)->Arg(16)->Arg(256)->Iterations(256)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace headroom

BENCHMARK_MAIN();
