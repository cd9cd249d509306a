// A start that fails half-way: after each of its steps the process has nothing of it left, and can start again.
#include <gmock/gmock.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "cli/cli.h"
#include "daemon/serve.h"
#include "http/server_listen.h"
#include "sqlite/database_lock.h"
#include "tests/config/config_files.h"
#include "tests/daemon/refused_threads.h"
#include "tests/support/fault_vfs.h"

namespace headroom {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> entries_of(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// What each leads to, without the one that looks, and without what Pistache leaves of a server: its NotifyFd closes no
// eventfd.
std::vector<std::string> descriptors() {
  std::vector<std::string> all;
  for (const std::string& fd : entries_of("/proc/self/fd")) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink("/proc/self/fd/" + fd, gone);
    if (!gone && target != "anon_inode:[eventfd]") all.push_back(target);
  }
  std::sort(all.begin(), all.end());
  return all;
}

// Without SQLite's log, which stays as it is where the disk has failed.
std::vector<std::string> files_of(const std::string& folder) {
  std::vector<std::string> names = entries_of(folder);
  std::erase_if(names, [](const std::string& name) { return name.ends_with("-wal") || name.ends_with("-shm"); });
  return names;
}

std::size_t threads() { return entries_of("/proc/self/task").size(); }

// The kernel shows a thread that was joined for a moment longer.
std::size_t threads_down_to(std::size_t count) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (threads() > count && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  return threads();
}

void run_sql(const std::string& database, const char* statement) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open(database.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, statement, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
}

// SIGTERM waits while it lives, as serve() wants to have it; one that nobody took is gone with it.
class WaitingSignal {
 public:
  WaitingSignal() {
    sigemptyset(&term_);
    sigaddset(&term_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &term_, &before_);
    ::raise(SIGTERM);
  }
  ~WaitingSignal() {
    const timespec at_once{};
    sigtimedwait(&term_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WaitingSignal(const WaitingSignal&) = delete;
  WaitingSignal& operator=(const WaitingSignal&) = delete;

 private:
  sigset_t term_{};
  sigset_t before_{};
};

class FailedStart : public testing::Test {
 protected:
  using Settings = std::map<std::string, std::string>;
  struct Ended {
    int status = 0;
    std::string err;
  };

  FailedStart() {
    settings_ = {{"chat.sdk_app_id", "1400000000"}, {"chat.base_url", "http://127.0.0.1:1"},
                 {"webhook.listen", "127.0.0.1:0"}, {"webhook.threads", "2"},
                 {"admin.listen", "127.0.0.1:0"},   {"database.url", "sqlite:" + database()},
                 {"database.auto_migrate", "true"}, {"scheduler.mode", "observe"},
                 {"scheduler.concurrency", "2"},    {"log.level", "error"}};
    ::unsetenv("NOTIFY_SOCKET");
    std::thread([] {}).join();  // a sanitizer's own thread begins with the first
    expect_start();  // what a process opens only once is open now
    settings_.erase("database.auto_migrate");
  }
  ~FailedStart() override { ::unsetenv("NOTIFY_SOCKET"); }

  std::string database() const { return files_.path("headroom.db"); }

  // Where it comes so far as to serve, it ends at once. Either way all that it began is over.
  Ended serve_once(const Settings& differing = {}) {
    Settings settings = differing;
    settings.insert(settings_.begin(), settings_.end());
    std::vector<std::string> arguments{"serve", "--config", files_.write("headroomd.conf", "")};
    for (const auto& [key, value] : settings) arguments.insert(arguments.end(), {"--" + key, value});
    const std::string folder = std::filesystem::path(database()).parent_path();
    const auto files_before = files_of(folder);
    const auto descriptors_before = descriptors();
    const std::size_t threads_before = threads();
    std::ostringstream out, err;
    const WaitingSignal signal;
    const int status = run_cli(arguments, {{}, out, ErrorLines(err), serve, {}});
    EXPECT_EQ(threads_down_to(threads_before), threads_before);
    EXPECT_EQ(descriptors(), descriptors_before);
    if (status != 0) {
      EXPECT_EQ(files_of(folder), files_before);
    }
    return {status, err.str()};
  }
  void expect_start(const Settings& differing = {}) {
    const Ended ended = serve_once(differing);
    EXPECT_EQ(ended.status, 0) << ended.err;
  }
  // One line, which says why.
  static void expect_failure(const Ended& ended, int status, const std::string& why) {
    EXPECT_EQ(ended.status, status) << ended.err;
    EXPECT_THAT(ended.err, StartsWith("headroomd: "));
    EXPECT_THAT(ended.err, HasSubstr(why));
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
  }

  const ConfigFiles files_;
  Settings settings_;
};

TEST_F(FailedStart, WhatStandsInItsWayIsNamed) {
  const http::ListenSocket taken("127.0.0.1", 0);
  const std::string text = files_.write("text.db", std::string(5000, 'x'));
  const struct {
    Settings differing;
    int status;
    std::string why;
  } kRows[] = {
      {{{"webhook.listen", taken.address()}}, 1, "webhook.listen: can not listen on " + taken.address()},
      {{{"admin.listen", taken.address()}}, 1, "admin.listen: can not listen on " + taken.address()},
      {{{"database.url", "sqlite:" + text}}, 78, text},
      {{{"database.url", "sqlite:" + files_.path("none.db")}}, 78, "headroomd migrate up"},
      {{{"database.url", "sqlite:" + files_.path("none/headroom.db")}}, 78, files_.path("none")},
      {{{"chat.sdk_app_id", "1400000001"}}, 78, "1400000000"},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.why);
    expect_failure(serve_once(row.differing), row.status, row.why);
    expect_start();
  }
}

TEST_F(FailedStart, ADatabaseThatSomebodyElseHasIsNamed) {
  {
    const DatabaseLock lock(database());
    expect_failure(serve_once(), 75, database() + ".lock: held by another headroomd");
  }
  run_sql(database(),
          "INSERT INTO schema_migration (version, name, checksum, applied_at) "
          "SELECT max(version) + 1, 'future', 'x', 1 FROM schema_migration");
  expect_failure(serve_once(), 78, "knows versions up to");
  run_sql(database(), "DELETE FROM schema_migration WHERE name = 'future'");
  expect_start();
}

// Whichever of its threads is the first that the system does not start, those before it end.
TEST_F(FailedStart, AnyThreadThatCanNotBeStarted) {
  int granted = 0;
  for (bool started = false; !started; ++granted) {
    SCOPED_TRACE(granted);
    Ended ended;
    {
      const test::RefusedThreads refused(granted);
      ended = serve_once();
    }
    started = ended.status == 0;
    if (!started) expect_failure(ended, 1, "can not start a thread");
  }
  EXPECT_GT(granted, 12) << "store, questions, sweeps, workers, scheduler, servers";
  expect_start();
}

TEST_F(FailedStart, AnyFileThatCanNotBeOpened) {
  test::FaultVfs disk(test::FaultVfs::Role::kDefault);
  int through = 0;
  for (bool started = false; !started; ++through) {
    SCOPED_TRACE(through);
    disk.opens_before_fault = through;
    disk.on_open = SQLITE_IOERR;
    const Ended ended = serve_once();
    disk.on_open = SQLITE_OK;
    started = ended.err.empty();  // what it meets later is for its log
    if (!started) expect_failure(ended, 1, database());
  }
  EXPECT_GT(through, 6) << "checks, the writer, views of each part";
  expect_start();
}

TEST_F(FailedStart, NobodyWhoHearsOfItIsNoFailure) {
  ::setenv("NOTIFY_SOCKET", files_.path("none.socket").c_str(), 1);
  expect_start();
}

}  // namespace
}  // namespace headroom
