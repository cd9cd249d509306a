// Events stored a second by the size of the batch, in each store: SQLite as the daemon has it, event by event in one
// transaction, and PostgreSQL in bulk, beside it and behind a way that takes 0.5 ms there and back. Both on the disk of
// the folder for temporary files, both with their syncs; a PostgreSQL of its own, which ends with this.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/event_intake.h"
#include "engine/store_sink.h"
#include "postgres/postgres_storage.h"
#include "postgres/upkeep/migrator.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "stored/pause.h"
#include "tests/bench/delay_relay.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"

namespace headroom::bench {
namespace {

using Clock = std::chrono::steady_clock;
using test::PostgresServer;

constexpr TimeMs kNow = 1'790'000'000'000;
constexpr int kGroups = 10'000;
constexpr std::chrono::microseconds kRoundTrip{500};
constexpr std::chrono::milliseconds kEach{3000};

std::string group_id(int i) { return "@TGS#2J4SZEAEL" + std::to_string(10'000 + i); }

// Every group is known to be full.
void fill(Store& store) {
  for (int i = 0; i < kGroups;) {
    std::vector<Group> groups;
    for (const int end = i + 1000; i < end; ++i) {
      Group group;
      group.group_id = group_id(i);
      group.full_since = group.last_full_at = group.observed_at = kNow - kHourMs;
      group.next_check_at = kNow + kDayMs;
      group.full_events = 20;
      groups.push_back(group);
    }
    store.begin();
    store.save_groups(groups);
    store.commit();
  }
}

class Events {
 public:
  explicit Events(unsigned seed) : random_(seed) {}
  std::vector<Event> next(int count, bool with_receipt) {
    std::vector<Event> events(static_cast<std::size_t>(count));
    for (Event& event : events) {
      event.group_id = group_id(static_cast<int>(random_() % kGroups));
      event.event_time = event.received_at = kNow + ++made_ / 10;
      event.client_ip = "203.0.113.7";
      event.platform = "RESTAPI";
      event.body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":")" + event.group_id +
                   R"(","EventTime":)" + std::to_string(*event.event_time) + "}";
      fill(event.fingerprint.emplace());
      if (with_receipt) fill(event.intake_id.emplace());
    }
    return events;
  }

 private:
  void fill(std::array<std::uint8_t, 16>& bytes) {
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_());
  }
  std::mt19937 random_;
  std::int64_t made_ = 0;
};

struct Measured {
  std::int64_t events = 0;
  std::vector<double> batches_ms;
};

// `store_batch` stores a batch; `make` makes it, which is not counted into its time, but into the events a second.
Measured measure(int size, bool with_receipt, unsigned seed,
                 const std::function<void(const std::vector<Event>&)>& store_batch) {
  Events events(seed);
  Measured measured;
  for (int i = 0; i < 3; ++i) store_batch(events.next(size, with_receipt));
  for (const auto end = Clock::now() + kEach; Clock::now() < end;) {
    const std::vector<Event> batch = events.next(size, with_receipt);
    const auto begun = Clock::now();
    store_batch(batch);
    measured.batches_ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
    measured.events += size;
  }
  return measured;
}

void print(int size, const char* what, std::vector<Measured> all, double round_trips) {
  std::int64_t events = 0;
  std::vector<double> ms;
  for (const Measured& one : all) {
    events += one.events;
    ms.insert(ms.end(), one.batches_ms.begin(), one.batches_ms.end());
  }
  std::sort(ms.begin(), ms.end());
  const double per_batch = round_trips / static_cast<double>(ms.size());
  std::printf("| %d | %s | %.0f | %.2f | %.2f | ", size, what,
              static_cast<double>(events) / std::chrono::duration<double>(kEach).count(), ms[ms.size() / 2],
              ms[ms.size() * 99 / 100]);
  std::printf(round_trips > 0 ? "%.1f |\n" : "|\n", per_batch);
  std::fflush(stdout);
}

void sqlite(int size) {
  const test::TempDir folder{"stores_bench"};
  const std::string path = folder.file("headroom.db");
  Migrator(path).up({.now = kNow});
  SqliteStorage storage({.path = path});
  fill(storage);
  const Settings settings;
  print(size, "SQLite",
        {measure(size, false, 1,
                 [&](const std::vector<Event>& events) {
                   storage.begin();
                   for (const Event& event : events) store_event(storage, event, settings);
                   storage.commit();
                   storage.after_batch({});
                 })},
        0);
}

// A database for each measurement: what one has written is not the next one's.
class Database {
 public:
  Database() { PostgresServer::shared().execute("CHECKPOINT"); }
  std::string url() const { return database_.url(); }
  std::string url(const DelayRelay& relay) const {
    return "postgresql://headroom@127.0.0.1:" + std::to_string(relay.port()) + "/" + database_.name();
  }

 private:
  static const std::string& filled() {
    static const std::string name = [] {
      const std::string made = PostgresServer::shared().create();
      const std::string url = PostgresServer::shared().url(made);
      postgres::Migrator({.url = url}).up({.now = kNow});
      PostgresStorage store({.url = url});
      fill(store);
      PostgresServer::shared().execute("VACUUM ANALYZE", made);
      return made;
    }();
    return name;
  }

  const test::PostgresDatabase database_{filled()};
};

std::vector<Measured> in_bulk(int size, int sinks, const std::string& url) {
  const SettingsCell settings{Settings{}};
  std::vector<Measured> measured(static_cast<std::size_t>(sinks));
  std::vector<std::thread> threads;
  for (int i = 0; i < sinks; ++i) {
    threads.emplace_back([&, i] {
      PostgresStorage store({.url = url}, "node-" + std::to_string(i));
      StoreSink sink(store, settings, stored::sleep_after);
      measured[static_cast<std::size_t>(i)] = measure(size, true, static_cast<unsigned>(i + 1),
                                                      [&](const std::vector<Event>& events) { sink.store(events); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  return measured;
}

Measured one_by_one(int size, const std::string& url) {
  PostgresStorage store({.url = url});
  const Settings settings;
  return measure(size, true, 1, [&](const std::vector<Event>& events) {
    store.begin();
    for (const Event& event : events) store_event(store, event, settings);
    store.commit();
  });
}

void postgresql(int size, const DelayRelay& relay) {
  print(size, "PostgreSQL", in_bulk(size, 1, Database().url()), 0);
  const auto through = [&](const char* what, const std::function<std::vector<Measured>(const std::string&)>& run) {
    const Database database;
    const std::int64_t before = relay.round_trips();
    auto measured = run(database.url(relay));
    print(size, what, std::move(measured), static_cast<double>(relay.round_trips() - before));
  };
  through("PostgreSQL, 0.5 ms away", [&](const std::string& url) { return in_bulk(size, 1, url); });
  through("the same, four at once", [&](const std::string& url) { return in_bulk(size, 4, url); });
  through("the same, event by event", [&](const std::string& url) { return std::vector{one_by_one(size, url)}; });
}

// The server of the tests has neither syncs nor memory.
void make_durable() {
  PostgresServer& server = PostgresServer::shared();
  for (const char* option : {"fsync = on", "full_page_writes = on", "autovacuum = on", "shared_buffers = '128MB'",
                             "max_wal_size = '1GB'", "deadlock_timeout = '1s'"}) {
    server.execute(std::string("ALTER SYSTEM SET ") + option);
  }
  server.execute("CHECKPOINT");
  ::sync();
  server.stop();
  server.start();
}

}  // namespace
}  // namespace headroom::bench

// Sizes of batches may be given.
int main(int count, char** given) {
  using namespace headroom;
  std::vector<int> sizes = {1, 16, 64, 256};
  if (count > 1) sizes.clear();
  for (int i = 1; i < count; ++i) sizes.push_back(std::max(std::atoi(given[i]), 1));
  bench::make_durable();
  const bench::DelayRelay relay(test::PostgresServer::shared().folder() + "/.s.PGSQL.5432", bench::kRoundTrip);
  std::printf(
      "| batches of | store | events/s | median ms | 99 %% ms | round trips a batch |\n|---|---|---|---|---|---|\n");
  for (const int size : sizes) {
    bench::sqlite(size);
    bench::postgresql(size, relay);
  }
  return 0;
}
