#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <future>
#include <string>
#include <utility>
#include <vector>

#include "admin/response.h"
#include "daemon/threads/commit_queue.h"
#include "engine/gate/daemon_gate.h"
#include "engine/orders/operations.h"
#include "headroom/names.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/reason_words.h"
#include "tests/support/temp_dir.h"

namespace headroom::support {

inline void execute(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

inline constexpr TimeMs kFixedNow = 1'790'000'000'000;

inline std::string database_in(const test::TempDir& folder) {
  MigrateOptions options;
  options.now = 1;
  Migrator(folder.file("db")).up(options);
  return folder.file("db");
}

inline Settings pruning() {
  Settings settings;
  settings.mode = SchedulerMode::kPrune;
  return settings;
}

// The real store and queue; nobody takes the work. (Run alone is a private name of the tests.)
class OperationsTest : public testing::Test, public Observer {
 protected:
  template <typename T, typename Call>
  Result<T> ask(Call&& call) {
    std::promise<Result<T>> answered;
    call([&](Result<T> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }
  Result<headroom::Run> run(const std::string& group_id, RunMode mode = RunMode::kPlan) {
    return ask<headroom::Run>(
        [&](Done<headroom::Run> done) { operations_.start_run(actor_, group_id, mode, std::move(done)); });
  }
  Result<Exemption> exempt(ExemptionKind kind, const std::string& subject, std::optional<TimeMs> until = {}) {
    Exemption exemption;
    exemption.kind = kind;
    exemption.subject = subject;
    exemption.expires_at = until;
    return ask<Exemption>([&](Done<Exemption> done) { operations_.put_exemption(actor_, exemption, std::move(done)); });
  }
  Result<Nothing> lift(ExemptionKind kind, const std::string& subject) {
    return ask<Nothing>(
        [&](Done<Nothing> done) { operations_.delete_exemption(actor_, kind, subject, std::move(done)); });
  }
  Result<DaemonStatus> pause(const std::string& reason) {
    return ask<DaemonStatus>([&](Done<DaemonStatus> done) { operations_.pause(actor_, reason, std::move(done)); });
  }
  Result<DaemonStatus> resume() {
    return ask<DaemonStatus>([&](Done<DaemonStatus> done) { operations_.resume(actor_, std::move(done)); });
  }
  void store_group(const std::string& group_id) {
    Group group;
    group.group_id = group_id;
    queue_.commit([&](Transaction& storage) { storage.save_group(group); });
  }
  // "action target", the oldest first.
  std::vector<std::string> audited() {
    std::vector<std::string> entries;
    for (const AuditEntry& entry : view_.audit({}, {}).items) {
      entries.insert(entries.begin(), std::string(name_of(entry.action)) + " " + entry.target);
    }
    return entries;
  }
  template <typename T>
  static int status_of(const Result<T>& result) {
    const auto* denied = std::get_if<Denied>(&result);
    return denied == nullptr ? 0 : admin::status_of(denied->kind);
  }

  const Actor actor_{"ops", AdminRole::kOperator, "192.0.2.7", "ticket 7"};
  test::TempDir folder_;
  const std::string path_ = database_in(folder_);
  FixedClock clock_{kFixedNow};
  SqliteStorage storage_{SqliteStorageOptions{path_, ""}};
  SqliteReadView view_{SqliteReadViewOptions{path_, "", std::chrono::milliseconds(1000)}};
  CommitQueue queue_{storage_, {}};
  SettingsCell settings_{pruning()};
  PauseSwitch pause_;
  WorkQueue work_{8};
  std::vector<std::string> changes_;
  Change last_change_;
  void changed(const Change& change) override {
    changes_.push_back(change.what);
    last_change_ = change;
  }
  void paused_itself(const Reason&, const std::string&) override { ++own_pauses_; }
  int own_pauses_ = 0;
  DaemonGate gate_{settings_, pause_};
  RunningDaemon daemon_;
  Operations operations_{queue_, settings_, gate_, pause_, work_, clock_, *this, daemon_};
};

}  // namespace headroom::support
