#include "app/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "headroom/names.h"
#include "sqlite/migrator.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "tests/storage/temp_dir.h"

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct FixedClock final : Clock {
  TimeMs now() const override { return 1'790'000'000'000; }
  bool sleep(DurationMs) override { return true; }
};

std::string database_in(const test::TempDir& folder) {
  MigrateOptions options;
  options.now = 1;
  Migrator(folder.file("db")).up(options);
  return folder.file("db");
}

Settings pruning() {
  Settings settings;
  settings.mode = SchedulerMode::kPrune;
  return settings;
}

// The real store and queue; nobody takes the work. (Run alone is a private name of the tests.)
class OperationsTest : public testing::Test {
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
  Result<Exemption> exempt(ExemptionKind kind, const std::string& subject) {
    Exemption exemption;
    exemption.kind = kind;
    exemption.subject = subject;
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
    queue_.commit([&](Storage& storage) { storage.save_group(group); });
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
    return denied == nullptr ? 0 : denied->status;
  }

  const Actor actor_{"ops", AdminRole::kOperator, "192.0.2.7", "ticket 7"};
  test::TempDir folder_;
  const std::string path_ = database_in(folder_);
  FixedClock clock_;
  SqliteStorage storage_{SqliteStorageOptions{path_, ""}};
  SqliteReadView view_{SqliteReadViewOptions{path_, "", std::chrono::milliseconds(1000)}};
  CommitQueue queue_{storage_, {}};
  SettingsCell settings_{pruning()};
  PauseSwitch pause_;
  WorkQueue work_{8};
  std::vector<std::string> changes_;
  Operations::Hooks hooks() {
    Operations::Hooks hooks;
    hooks.changed = [this](const std::string& what, const std::string&) { changes_.push_back(what); };
    return hooks;
  }
  Operations operations_{queue_, settings_, pause_, work_, clock_, hooks()};
};

TEST_F(OperationsTest, EachChangeIsInTheAudit) {
  store_group("g");
  ASSERT_EQ(status_of(exempt(ExemptionKind::kMember, "u")), 0);
  ASSERT_EQ(status_of(lift(ExemptionKind::kMember, "u")), 0);
  ASSERT_EQ(status_of(exempt(ExemptionKind::kGroup, "@TGS#1")), 0);
  ASSERT_EQ(status_of(pause("x")), 0);
  ASSERT_EQ(status_of(resume()), 0);
  const auto run_result = run("g");
  ASSERT_EQ(status_of(run_result), 0);
  const std::string target = "run:" + std::to_string(std::get<headroom::Run>(run_result).id);
  EXPECT_THAT(audited(), ElementsAre("exempt member:u", "unexempt member:u", "exempt group:@TGS#1", "pause scheduler",
                                     "resume scheduler", "run " + target));
  const AuditEntry newest = view_.audit({}, {}).items.at(0);
  EXPECT_EQ(newest.at, clock_.now());
  EXPECT_EQ(newest.actor.token, "ops");
  EXPECT_EQ(newest.actor.role, AdminRole::kOperator);
  EXPECT_EQ(newest.actor.peer, "192.0.2.7");
  EXPECT_EQ(newest.actor.reason, "ticket 7");
}

TEST_F(OperationsTest, WhatWasDeniedIsNot) {
  EXPECT_EQ(status_of(run("unknown")), 404);
  EXPECT_EQ(status_of(lift(ExemptionKind::kGroup, "g")), 404);
  store_group("g");
  ASSERT_EQ(status_of(run("g")), 0);
  EXPECT_EQ(status_of(run("g")), 409);
  EXPECT_EQ(audited().size(), 1u);
}

TEST_F(OperationsTest, NorIsWhatChangesNothing) {
  ASSERT_EQ(status_of(resume()), 0);
  ASSERT_EQ(status_of(pause("x")), 0);
  ASSERT_EQ(status_of(pause("x")), 0);
  ASSERT_EQ(status_of(pause("y")), 0);
  ASSERT_EQ(status_of(resume()), 0);
  ASSERT_EQ(status_of(resume()), 0);
  EXPECT_THAT(audited(), ElementsAre("pause scheduler", "pause scheduler", "resume scheduler"));
}

TEST_F(OperationsTest, TheDaemonsOwnPauseIsNobodysChange) {
  operations_.pause_self("credentials_rejected", "g");
  operations_.end_own_pause();
  queue_.commit([](Storage&) {});
  EXPECT_THAT(audited(), IsEmpty());
}

TEST_F(OperationsTest, NeitherTheChangeNorItsEntryIsThereWithoutTheOther) {
  store_group("g");
  queue_.commit([](Storage& storage) {
    AuditEntry entry;
    entry.target = "";  // refused by the store
    EXPECT_THROW(storage.savepoint([&] { storage.insert_audit(entry); }), StorageError);
  });
  EXPECT_THAT(audited(), IsEmpty());
  queue_.stop();
  EXPECT_EQ(status_of(exempt(ExemptionKind::kMember, "u")), 503);
  EXPECT_EQ(status_of(run("g")), 503);
  EXPECT_EQ(work_.in_hand(), 0u);  // its place was given back
  EXPECT_THAT(changes_, IsEmpty());
}

// What is asked right after a pause was stored must meet it, shown already or not.
TEST_F(OperationsTest, APauseIsInForceForTheNextChange) {
  store_group("g");
  std::promise<void> paused;
  std::promise<Result<headroom::Run>> ran;
  operations_.pause(actor_, "x", [&](const Result<DaemonStatus>&) { paused.set_value(); });
  operations_.start_run(actor_, "g", RunMode::kPlan,
                        [&](Result<headroom::Run> result) { ran.set_value(std::move(result)); });
  paused.get_future().get();
  EXPECT_EQ(status_of(ran.get_future().get()), 409);
}

}  // namespace
}  // namespace headroom
