// How long a what-if over 90 days of runs takes, and what it does to webhooks that are stored meanwhile.
//
//   what_if_bench [RUNS [MEMBERS]]   10000 runs in groups of 200 members unless told
//
// As a daemon leaves them: the runs of the last 30 days have a row for each member, the others for those who were
// selected.

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "daemon/system_clock.h"
#include "engine/event_intake.h"
#include "engine/what_if/hindsight.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/temp_dir.h"

namespace headroom::bench {
namespace {

using Steady = std::chrono::steady_clock;
constexpr TimeMs kNow = 1'790'000'000'000;
constexpr std::int64_t kSelected = 10;
constexpr std::int64_t kRunsPerGroup = 4;
constexpr double kBesideMs = 6000;

std::string group_id(std::int64_t number) { return "@TGS#" + std::to_string(10000000 + number); }

// Of this thread: what it takes where nothing else runs.
double cpu_millis() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double millis_since(Steady::time_point start) {
  return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
}

RunMember row(std::int64_t i, TimeMs judged_at) {
  RunMember member;
  member.account = "user_" + std::to_string(1000000 + i);
  member.decision = i < kSelected ? Decision::kRemove : Decision::kKeep;
  member.why = i < kSelected ? Why::kInactive : i < 40 ? Why::kNotNeeded : i < 60 ? Why::kReader : Why::kActive;
  const std::int64_t silent_days = i < 40 ? 200 - i : i % 90;
  member.joined_at_s = judged_at / 1000 - 400 * 86400;
  member.last_sent_at_s = judged_at / 1000 - silent_days * 86400;
  member.evidence.role = Role::kMember;
  member.evidence.unread = member.why == Why::kReader ? 20 : 4000 - i;
  if (i < 40) member.evidence.presence = Presence::kOffline;
  member.evidence.judged_at = judged_at;
  if (i < 40) member.evidence.first_seen_at = judged_at - 2 * kDayMs;
  if (i < 40) member.evidence.seen_again_at = judged_at;
  return member;
}

Run run_of(std::int64_t i, std::int64_t members, TimeMs at, bool rows) {
  Run run;
  run.group_id = group_id(1 + i / kRunsPerGroup);
  run.mode = RunMode::kPrune;
  run.state = RunState::kSucceeded;
  run.created_at = at;
  run.finished_at = at + kSecondMs;
  run.members_before = run.max_members = members;
  run.wanted = run.selected = run.removed = kSelected;
  run.considered = members;
  run.eligible = 40;
  run.kept = {{Why::kNotNeeded, 30}, {Why::kReader, 20}, {Why::kActive, members - 60}};
  run.kept_stored = rows;
  run.policy.second_look = kDayMs;
  run.policy.inactive_for = 90 * kDayMs;
  run.evidence = ListingEvidence{5001, at / 1000 - 60, false, false, "Public", {}};
  for (std::int64_t m = 0; m < members; ++m) {
    Member member{row(m, at).account, Role::kMember, at / 1000 - 400 * 86400, row(m, at).last_sent_at_s, 1};
    count_in(run.evidence->histogram, member, at);
  }
  return run;
}

void fill(const std::string& path, std::int64_t runs, std::int64_t members) {
  MigrateOptions options;
  options.now = kNow;
  Migrator(path).up(options);
  SqliteStorage storage(SqliteStorageOptions{.path = path});
  for (std::int64_t i = 0; i < runs; ++i) {
    if (i % 100 == 0) storage.begin();
    const TimeMs at = kNow - 90 * kDayMs + (i + 1) * (90 * kDayMs / (runs + 1));
    const bool rows = at >= kNow - 30 * kDayMs;
    const std::int64_t id = storage.insert_run(run_of(i, members, at, rows));
    std::vector<RunMember> all;
    for (std::int64_t m = 0; m < (rows ? members : kSelected); ++m) all.push_back(row(m, at));
    storage.insert_run_members(id, all);
    if (i % 100 == 99 || i + 1 == runs) {
      storage.commit();
      storage.checkpoint();
    }
  }
}

// Stores an event every millisecond, each in a transaction of its own, and notes how long each took from the moment at
// which it was due.
class Webhooks {
 public:
  explicit Webhooks(const std::string& path) : storage_(SqliteStorageOptions{.path = path}) {}

  std::vector<double> store_while(const std::atomic<bool>& go_on) {
    std::vector<double> took;
    auto due = Steady::now();
    while (go_on) {
      due = std::max(due + std::chrono::milliseconds(1), Steady::now());
      std::this_thread::sleep_until(due);
      storage_.begin();
      Event event;
      event.group_id = group_id(1 + stored_ % 1000);
      event.event_time = event.received_at = kNow + ++stored_;
      event.body.assign(120, 'x');
      store_event(storage_, event, settings_);
      storage_.commit();
      took.push_back(millis_since(due));
      storage_.after_batch({});
    }
    std::sort(took.begin(), took.end());
    return took;
  }

 private:
  SqliteStorage storage_;
  const Settings settings_;
  std::int64_t stored_ = 0;
};

void print(const char* what, const std::vector<double>& took) {
  const auto at = [&](double part) {
    return took[static_cast<std::size_t>(part * static_cast<double>(took.size() - 1))];
  };
  std::printf("%s: %zu events, median %.2f ms, 99 %% %.2f ms, longest %.2f ms\n", what, took.size(), at(0.5), at(0.99),
              took.back());
}

WhatIf ask(Hindsight& hindsight, SystemClock& clock) {
  const PolicyChange change = [](Policy policy) {
    policy.inactive_for = 60 * kDayMs;
    policy.target_headroom = Share::percent(8);
    return policy;
  };
  return std::get<WhatIf>(hindsight.ask(change, kNow - 90 * kDayMs, clock.steady_now() + 10 * kMinuteMs));
}

int bench(std::int64_t runs, std::int64_t members) {
  const std::filesystem::path folder = test::make_temp_dir("what-if");
  const std::string path = folder / "headroom.db";
  fill(path, runs, members);
  std::printf("%lld runs of groups of %lld: %.0f MiB\n", static_cast<long long>(runs), static_cast<long long>(members),
              static_cast<double>(std::filesystem::file_size(path)) / 1048576);
  SqliteReadView view(SqliteReadViewOptions{.path = path});
  SystemClock clock;
  Hindsight hindsight(view, clock, "administrator");
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  for (int i = 0; i < 3; ++i) {
    const auto start = Steady::now();
    const double cpu = cpu_millis();
    const WhatIf answer = ask(hindsight, clock);
    std::printf("what-if: %.0f ms, %.0f ms of a processor, %lld runs, %lld of %lld selected, %lld counted, %zu names\n", millis_since(start), cpu_millis() - cpu,
                static_cast<long long>(answer.runs), static_cast<long long>(answer.would_remove),
                static_cast<long long>(answer.did_remove), static_cast<long long>(answer.counted_only),
                answer.added.size() + answer.spared.size());
  }
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  std::printf("memory: %.1f MiB more\n", static_cast<double>(after.ru_maxrss - before.ru_maxrss) / 1024);

  Webhooks webhooks(path);
  // Beside nobody, beside somebody who computes and reads nothing, and beside what-ifs.
  const auto beside = [&](const char* what, const std::function<void()>& work) {
    std::atomic<bool> go_on = true;
    std::thread other([&] {
      work();
      go_on = false;
    });
    print(what, webhooks.store_while(go_on));
    other.join();
  };
  const auto computing = [] {
    for (const auto start = Steady::now(); millis_since(start) < kBesideMs;) {
    }
  };
  const auto asking = [&] {
    for (const auto start = Steady::now(); millis_since(start) < kBesideMs;) ask(hindsight, clock);
  };
  beside("alone", [] { std::this_thread::sleep_for(std::chrono::milliseconds(static_cast<int>(kBesideMs))); });
  beside("beside a busy thread", computing);
  beside("beside what-ifs", asking);
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
  const std::int64_t runs = argc > 1 ? std::atoll(argv[1]) : 10000;
  const std::int64_t members = argc > 2 ? std::atoll(argv[2]) : 200;
  if (runs < 1 || members < 60) {
    std::fprintf(stderr, "usage: what_if_bench [RUNS [MEMBERS]], of at least 60 members\n");
    return 64;
  }
  return headroom::bench::bench(runs, members);
}
