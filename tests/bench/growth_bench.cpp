// What the daemon's questions and writes cost in a small file and in a large one, and for how long a batch of retention
// holds the writer.
//
//   growth_bench [GROUPS EVENTS [FOLDER]]   100000 200000 unless told; 10000000 20000000 takes minutes and 10 GiB
//
// With a folder the large file is kept there, as webhook_bench.sh wants it, and taken from there when it exists.
//
// The small file has 1,000 groups and 2,000 events: pages are as full as in the large one.

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/event_intake.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "tests/bench/growth_file.h"

namespace headroom::bench {
namespace {

constexpr int kWarmUp = 200;
constexpr int kRounds = 400;
constexpr int kBatch = 256;

struct Cost {
  double wall = 0;  // medians, us
  double cpu = 0;
};

double cpu_micros() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double wall_micros() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Cost cost_of(int warm_up, int rounds, const std::function<void()>& work) {
  std::vector<double> walls;
  std::vector<double> cpus;
  for (int i = -warm_up; i < rounds; ++i) {
    const double wall = wall_micros();
    const double cpu = cpu_micros();
    work();
    if (i < 0) continue;
    walls.push_back(wall_micros() - wall);
    cpus.push_back(cpu_micros() - cpu);
  }
  return {median(walls), median(cpus)};
}

// All that is measured, on one file.
class Workload {
 public:
  explicit Workload(const GrowthFile& file) : file_(file), storage_(write_options(file)), view_(read_options(file)) {
    // A kept file has what earlier runs stored: no event is to be a repeat, no new group known.
    const auto newest = view_.events({}, {1, {}}).items;
    if (!newest.empty()) new_groups_ = stored_ = newest.front().id;
  }

  std::vector<std::pair<std::string, Cost>> run() {
    ask("due_groups, 50", [&] { view_.due_groups(kNow, 50); });
    ask("next_due_at", [&] { view_.next_due_at(); });
    ask("unconfirmed_groups, none", [&] { view_.unconfirmed_groups(0, 50000, 50); });
    ask("a group", [&] { view_.find_group(any_group()); });
    ask("groups, newest", [&] { view_.groups({}, {}); });
    ask("groups, in the middle", [&] { view_.groups({}, {50, file_.groups() / 2}); });
    ask("groups in `full`", [&] { view_.groups(in_full(), {50, file_.groups() / 2}); });
    ask("stale groups", [&] { view_.groups(stale(), {}); });
    ask("events, newest", [&] { view_.events({}, {}); });
    ask("events, in the middle", [&] { view_.events({}, {50, file_.events() / 2}); });
    ask("events of a group", [&] { view_.events(of_group(), {}); });
    ask("events of a week", [&] { view_.events(of_a_week(), {}); });
    ask("runs, newest", [&] { view_.runs({}, {}); });
    ask("removal_usage", [&] { view_.removal_usage(kNow - kDayMs, std::nullopt); });
    ask("counts", [&] { view_.counts(kNow, kNow - 10 * kMinuteMs); });
    ask("intake of a known group, alone", [&] { commit(1, true); });
    ask("intake of a new group, alone", [&] { commit(1, false); });
    ask(
        "intake of known groups, 256", [&] { commit(kBatch, true); }, 20, 60);
    ask(
        "the same, and at once the rows of these groups",
        [&] {
          commit(kBatch, true);
          write_delayed();
        },
        20, 60);
    ask(
        "intake of new groups, 256", [&] { commit(kBatch, false); }, 20, 60);
    ask(
        "retention, 100 events", [&] { forget(100); }, 5, 15);
    return std::move(costs_);
  }

 private:
  static SqliteStorageOptions write_options(const GrowthFile& file) {
    SqliteStorageOptions options;
    options.path = file.path();
    return options;
  }
  static SqliteReadViewOptions read_options(const GrowthFile& file) {
    SqliteReadViewOptions options;
    options.path = file.path();
    return options;
  }
  static GroupFilter in_full() {
    GroupFilter filter;
    filter.states = {GroupState::kFull};
    return filter;
  }
  static GroupFilter stale() {
    GroupFilter filter;
    filter.full_since_until = kNow - 10 * kMinuteMs;
    return filter;
  }
  EventFilter of_group() {
    EventFilter filter;
    filter.group_id = any_group();
    return filter;
  }
  static EventFilter of_a_week() {
    EventFilter filter;
    filter.since = kNow - 37 * kDayMs;
    filter.until = kNow - 30 * kDayMs;
    return filter;
  }

  void ask(const std::string& what, const std::function<void()>& work, int warm_up = kWarmUp, int rounds = kRounds) {
    costs_.emplace_back(what, cost_of(warm_up, rounds, work));
    write_delayed();  // as the daemon does when nothing comes
    storage_.checkpoint();
  }
  void write_delayed() {
    while (storage_.has_delayed()) storage_.write_delayed();
  }
  std::string any_group() {
    return GrowthFile::group_id(std::uniform_int_distribution<std::int64_t>(1, file_.groups())(random_));
  }
  std::string new_group() { return GrowthFile::group_id(file_.groups() + ++new_groups_); }

  void commit(int events, bool known) {
    storage_.begin();
    for (int i = 0; i < events; ++i) {
      Event event;
      event.group_id = known ? any_group() : new_group();
      event.event_time = kNow + ++stored_;
      event.received_at = kNow + stored_;
      event.client_ip = "192.0.2.1";
      event.platform = "Android";
      event.body.assign(120, 'x');
      event.fingerprint.emplace();
      for (auto& byte : *event.fingerprint) byte = static_cast<std::uint8_t>(random_());
      store_event(storage_, event, settings_);
    }
    storage_.commit();
  }
  void forget(int rows) {
    storage_.begin();
    storage_.forget_events(kNow, kNow, {}, rows);
    storage_.commit();
  }

  const GrowthFile& file_;
  SqliteStorage storage_;
  SqliteReadView view_;
  const Settings settings_;
  std::mt19937 random_{1};
  std::int64_t stored_ = 0;
  std::int64_t new_groups_ = 0;
  std::vector<std::pair<std::string, Cost>> costs_;
};

int bench(std::int64_t groups, std::int64_t events, const std::string& folder) {
  const GrowthFile small(1000, 2000);
  const auto start = std::chrono::steady_clock::now();
  const GrowthFile large(groups, events, folder);
  std::printf("%lld groups, %lld events: filled in %.0f s, %.0f MiB\n\n", static_cast<long long>(groups),
              static_cast<long long>(events),
              std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
              static_cast<double>(large.bytes()) / 1048576);
  const auto before = Workload(small).run();
  const auto after = Workload(large).run();
  std::printf("| what (medians, us) | small | large | ratio | small, CPU | large, CPU | ratio |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Cost& a = before[i].second;
    const Cost& b = after[i].second;
    std::printf("| %s | %.0f | %.0f | %.1f | %.0f | %.0f | %.1f |\n", before[i].first.c_str(), a.wall, b.wall,
                b.wall / a.wall, a.cpu, b.cpu, b.cpu / a.cpu);
  }
  return 0;
}

}  // namespace
}  // namespace headroom::bench

int main(int argc, char** argv) {
  const std::int64_t groups = argc > 2 ? std::atoll(argv[1]) : 100000;
  const std::int64_t events = argc > 2 ? std::atoll(argv[2]) : 200000;
  if (groups < 1000 || events < 2000) {
    std::fprintf(stderr, "usage: growth_bench [GROUPS EVENTS [FOLDER]], at least 1000 and 2000\n");
    return 64;
  }
  return headroom::bench::bench(groups, events, argc > 3 ? argv[3] : "");
}
