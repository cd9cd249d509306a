// Does a reply ever get lost, or sleep after its event is on disk? Bursts of 1 to 64 webhooks at once, on kept
// connections and on one each, through the server, the webhook's handler, the commit queue and SQLite, while other
// processes keep both cores busy. Usage: lost_replies [--requests N] [--seconds S] [--hogs N]: it ends
// after so many webhooks or so long, whatever comes first. Exits 1 when an answer is missing or wrong, or comes over
// 300 ms after its commit though the machine gave us cores.
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "daemon/system_clock.h"
#include "daemon/threads/commit_queue.h"
#include "engine/event_intake.h"
#include "http/server.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/soak/burst_connection.h"
#include "tests/soak/core_waits.h"
#include "tests/support/temp_dir.h"
#include "webhook/handler.h"

namespace headroom::soak {
namespace {

constexpr int kMostAtOnce = 64;
constexpr double kMostMs = 300;
constexpr std::chrono::seconds kPatience{10};
constexpr unsigned kHogLife = 3600;  // seconds; a hog whose parent is gone ends anyway

// A process that does nothing but compute.
class Hog {
 public:
  Hog() : pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::alarm(kHogLife);
    for (std::atomic<std::uint64_t> i = 0;;) i.fetch_add(1, std::memory_order_relaxed);
  }
  ~Hog() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Hog(const Hog&) = delete;
  Hog& operator=(const Hog&) = delete;

 private:
  const pid_t pid_;
};

// When the event of each webhook of the present burst was on disk; ClientIP is the webhook's number in the burst.
class TimedIntake final : public Intake {
 public:
  explicit TimedIntake(Intake& behind) : behind_(behind) {}
  void record(Event event, std::function<void(Recorded)> done) override {
    auto& stored_at = stored_at_[static_cast<std::size_t>(std::atoi(event.client_ip.c_str())) % kMostAtOnce];
    behind_.record(std::move(event), [&stored_at, done = std::move(done)](Recorded recorded) {
      stored_at = SteadyClock::now();
      done(recorded);
    });
  }
  SteadyClock::time_point stored_at(std::size_t number) const { return stored_at_[number]; }

 private:
  Intake& behind_;
  std::array<std::atomic<SteadyClock::time_point>, kMostAtOnce> stored_at_{};
};

// The daemon's way from socket to disk and back, in a temporary folder.
class Path {
 public:
  Path() { server_.start(); }
  ~Path() {
    server_.shutdown(5000);
    queue_.stop();
  }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

  std::uint16_t port() const { return server_.port(); }
  SteadyClock::time_point stored_at(std::size_t number) const { return timed_.stored_at(number); }

 private:
  std::string database() const {
    const std::string path = folder_.file("headroom.db");
    if (!std::filesystem::exists(path)) Migrator(path).up({});
    return path;
  }
  static webhook::WebhookOptions webhook_options() {
    webhook::WebhookOptions options;
    options.sdk_app_id = 7;
    return options;
  }

  const test::TempDir folder_{"lost-replies"};
  SystemClock clock_;
  SettingsCell settings_{Settings{}};
  SqliteStorage storage_{SqliteStorageOptions{database()}};
  CommitQueue queue_{storage_, {}};
  Observer observer_;
  EventIntake intake_{queue_, settings_, observer_, [] {}};
  TimedIntake timed_{intake_};
  webhook::WebhookHandler handler_{webhook_options(), timed_, clock_, {}};
  http::Server server_{http::ServerOptions{}, handler_};
};

struct Tally {
  std::uint64_t sent = 0;
  std::uint64_t stored = 0;      // answered with 200
  std::uint64_t overloaded = 0;  // 503: the disk took too long
  std::uint64_t other = 0;       // answered otherwise
  std::uint64_t missing = 0;
  std::uint64_t late = 0;  // over kMostMs after the commit
  std::uint64_t ours = 0;  // of those: even without what all threads waited for a core
  double worst_ms = 0;
  std::array<std::uint64_t, 7> up_to{};  // answers that took up to 1 3 10 30 100 300 ms longer than the commit, or more
};

void count(Tally& tally, const BurstConnection& connection, SteadyClock::time_point stored_at, double waited_ms) {
  if (connection.status() != 200) {
    ++(connection.status() == 503 ? tally.overloaded : tally.other);
    return;
  }
  constexpr std::array<double, 6> kEdges{1, 3, 10, 30, 100, kMostMs};
  ++tally.stored;
  const double ms = std::chrono::duration<double, std::milli>(connection.answered_at() - stored_at).count();
  std::size_t bucket = 0;
  while (bucket < kEdges.size() && ms > kEdges[bucket]) ++bucket;
  ++tally.up_to[bucket];
  if (ms > kMostMs) {
    ++tally.late;
    if (ms - waited_ms > kMostMs) ++tally.ours;
    std::cout << "late: " << ms << " ms; meanwhile the threads waited " << waited_ms << " ms for a core\n";
  }
  tally.worst_ms = std::max(tally.worst_ms, ms);
}

// Until each of the first `size` has its answer or has failed, or the patience is over.
void await_all(std::vector<BurstConnection>& connections, std::size_t size) {
  const auto until = SteadyClock::now() + kPatience;
  while (SteadyClock::now() < until) {
    std::vector<pollfd> waiting;
    for (std::size_t i = 0; i < size; ++i) {
      if (connections[i].waits()) waiting.push_back({connections[i].fd(), POLLIN, 0});
    }
    if (waiting.empty()) return;
    ::poll(waiting.data(), waiting.size(), 100);
    for (std::size_t i = 0; i < size; ++i) connections[i].read_some();
  }
}

void burst(const Path& path, std::vector<BurstConnection>& connections, std::size_t size, bool kept, Tally& tally) {
  for (std::size_t i = 0; i < size; ++i) {
    if (!kept || !connections[i].is_open()) connections[i].open(path.port());
  }
  const std::int64_t waited_before = waited_for_a_core_ns();
  for (std::size_t i = 0; i < size; ++i) connections[i].send(webhook(i, tally.sent++, kept));
  await_all(connections, size);
  const double waited_ms = static_cast<double>(waited_for_a_core_ns() - waited_before) / 1e6;
  for (std::size_t i = 0; i < size; ++i) {
    if (connections[i].status() == 0) {
      ++tally.missing;
      std::cout << "missing: webhook " << i << " of a burst of " << size << (kept ? ", kept" : ", one each") << "\n";
      connections[i].close();
    } else {
      count(tally, connections[i], path.stored_at(i), waited_ms);
    }
    if (!kept) connections[i].close();
  }
}

void print(const Tally& tally, double seconds) {
  std::cout << tally.sent << " webhooks in " << seconds << " s: " << tally.stored << " stored, " << tally.overloaded
            << " answered 503, " << tally.other << " answered otherwise, " << tally.missing << " without an answer, "
            << tally.late << " over " << kMostMs << " ms after the commit, " << tally.ours
            << " of them with cores at hand; worst " << tally.worst_ms << " ms; up to 1 3 10 30 100 300 ms and more:";
  for (const std::uint64_t number : tally.up_to) std::cout << " " << number;
  std::cout << std::endl;
}

int run(std::uint64_t requests, double most_seconds, int hogs) {
  std::vector<std::unique_ptr<Hog>> busy;  // before the first thread
  for (int i = 0; i < hogs; ++i) busy.push_back(std::make_unique<Hog>());
  const Path path;
  std::vector<BurstConnection> kept(kMostAtOnce);
  std::vector<BurstConnection> single(kMostAtOnce);
  std::mt19937 generator(1);  // NOLINT: the same bursts each time
  std::uniform_int_distribution<std::size_t> sizes(1, kMostAtOnce);
  Tally tally;
  const auto start = SteadyClock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(SteadyClock::now() - start).count(); };
  std::uint64_t next_report = 100000;
  for (int round = 0; tally.sent < requests && seconds() < most_seconds; ++round) {
    const bool keep = round % 2 == 0;
    burst(path, keep ? kept : single, sizes(generator), keep, tally);
    if (tally.sent < next_report) continue;
    next_report += 100000;
    print(tally, seconds());
  }
  print(tally, seconds());
  if (tally.sent < requests) std::cout << "cut short: " << requests << " webhooks were to be sent" << std::endl;
  const bool enough = tally.sent >= requests && tally.stored >= tally.sent / 10 * 9;
  return enough && tally.missing + tally.ours + tally.other == 0 ? 0 : 1;
}

}  // namespace
}  // namespace headroom::soak

int main(int argc, char** argv) {
  std::uint64_t requests = 1000000;
  double seconds = 3600;
  int hogs = 2;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    if (option == "--requests") requests = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--seconds") seconds = std::atof(argv[i + 1]);
    if (option == "--hogs") hogs = std::atoi(argv[i + 1]);
  }
  ::signal(SIGPIPE, SIG_IGN);
  return headroom::soak::run(requests, seconds, hogs);
}
