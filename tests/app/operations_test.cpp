#include "app/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <future>
#include <thread>

#include "headroom/names.h"
#include "sqlite/migrator.h"
#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "tests/storage/temp_dir.h"

namespace headroom {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void execute(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

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

// The scheduler takes what is over within a second; until then nobody may see it as in force.
TEST_F(OperationsTest, AnExemptionThatIsOverCanNotBeDeleted) {
  const TimeMs now = FixedClock{}.now();
  ASSERT_EQ(status_of(exempt(ExemptionKind::kMember, "over", now)), 0);
  ASSERT_EQ(status_of(exempt(ExemptionKind::kMember, "in force", now + 1)), 0);
  EXPECT_EQ(status_of(lift(ExemptionKind::kMember, "over")), 404);
  EXPECT_EQ(status_of(lift(ExemptionKind::kMember, "in force")), 0);
}

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

TEST_F(OperationsTest, TheDaemonsOwnPauseSurvivesARestart) {
  operations_.pause_self("chat_error_70009", "@TGS#1");
  EXPECT_EQ(operations_.status().paused_reason, "chat_error_70009");
  queue_.commit([](Storage&) {});
  const PauseSwitch::State kept = PauseSwitch::read(view_);
  EXPECT_EQ(kept.own_reason, "chat_error_70009");
  EXPECT_EQ(kept.own_group, "@TGS#1");
  ASSERT_EQ(status_of(pause("x")), 0);
  operations_.end_own_pause();
  queue_.commit([](Storage&) {});
  EXPECT_EQ(PauseSwitch::read(view_).own_reason, "");
  EXPECT_EQ(operations_.status().paused_reason, "x") << "an operator's is not the daemon's to end";
}

TEST_F(OperationsTest, CausesOfPauses) {
  using testing::UnorderedElementsAre;
  const auto of_own = [](const std::string& reason) { return PauseSwitch::causes_of({"", reason, ""}); };
  EXPECT_THAT(of_own(""), IsEmpty());
  EXPECT_THAT(of_own("chat_error_70009"), UnorderedElementsAre(PauseCause::kCredentialsRejected));
  EXPECT_THAT(of_own("chat_error_60020"), UnorderedElementsAre(PauseCause::kOperatorNeeded));
  EXPECT_THAT(of_own("clock_skew"), UnorderedElementsAre(PauseCause::kClockSkew));
  EXPECT_THAT(PauseSwitch::causes_of({"chat_error_70009", "clock_skew", ""}),
              UnorderedElementsAre(PauseCause::kOperator, PauseCause::kClockSkew));
}

TEST_F(OperationsTest, AFullDiskIsAPauseThatEndsByItself) {
  std::promise<void> room;
  std::promise<void> healed;
  CommitQueue::Options options;
  options.look_for_room_every = std::chrono::milliseconds(1);
  options.full = [&](const std::string& what) {
    // Held here, so that it can be looked at before it heals.
    what.empty() ? healed.set_value() : room.get_future().wait();
  };
  CommitQueue queue(storage_, options);
  Operations operations(queue, settings_, pause_, work_, clock_, {});
  EXPECT_FALSE(operations.status().paused);
  queue.submit([](Storage&) { throw StorageError(StorageError::Kind::kFull, "no space"); },
               [](const std::exception_ptr&) {});
  while (queue.works()) std::this_thread::yield();
  EXPECT_TRUE(operations.status().paused);
  EXPECT_EQ(operations.status().paused_reason, "storage_failing");
  EXPECT_EQ(operations.status().failing_check, "storage");
  pause_.show({"holiday", "", ""});
  EXPECT_EQ(operations.status().paused_reason, "holiday");
  pause_.show({});
  room.set_value();
  healed.get_future().wait();
  EXPECT_FALSE(operations.status().paused);
  EXPECT_EQ(operations.status().failing_check, "");
}

TEST_F(OperationsTest, AFailedDiskIsAPauseToo) {
  queue_.fail("a sync failed");
  EXPECT_EQ(operations_.status().paused_reason, "storage_failing");
  EXPECT_EQ(operations_.status().failing_detail, "events can not be stored: a sync failed");
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

// As the API does it: the answer says what came of it, and counts what was rendered.
template <typename T>
Done<T> keyed(const std::string& key, const std::string& request, int& rendered, std::promise<KeptAnswer>& sent) {
  return {RequestKey{"ops", key, std::string(64, request.at(0))},
          [&rendered](const Result<T>& result) {
            const auto* denied = std::get_if<Denied>(&result);
            ++rendered;
            return KeptAnswer{"", denied == nullptr ? 202 : denied->status, "", "answer " + std::to_string(rendered)};
          },
          [&sent](const KeptAnswer& answer) { sent.set_value(answer); }};
}

class RepeatTest : public OperationsTest {
 protected:
  KeptAnswer run_once(const std::string& group_id, const std::string& key = "k", const std::string& request = "a") {
    std::promise<KeptAnswer> sent;
    operations_.start_run(actor_, group_id, RunMode::kPlan, keyed<headroom::Run>(key, request, rendered_, sent));
    return sent.get_future().get();
  }
  std::int64_t runs() { return static_cast<std::int64_t>(view_.runs({}, {}).items.size()); }

  int rendered_ = 0;
};

TEST_F(RepeatTest, IsAnsweredAlikeAndDoneOnce) {
  store_group("g");
  const KeptAnswer first = run_once("g");
  EXPECT_EQ(first.status, 202);
  for (int i = 0; i < 3; ++i) {
    const KeptAnswer again = run_once("g");
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(again.body, first.body);
  }
  EXPECT_EQ(runs(), 1);
  EXPECT_EQ(audited().size(), 1u);
  EXPECT_THAT(changes_, ElementsAre("run"));
  EXPECT_EQ(work_.in_hand(), 1u);
}

TEST_F(RepeatTest, AnotherRequestIsRefusedUnderTheSameKey) {
  store_group("g");
  run_once("g");
  EXPECT_EQ(run_once("g", "k", "b").status, 422);
  EXPECT_EQ(run_once("g", "k2", "b").status, 409);  // a run is open: another key, another request
  EXPECT_EQ(runs(), 1);
}

TEST_F(RepeatTest, ARefusalIsKeptToo) {
  EXPECT_EQ(run_once("g").status, 404);
  store_group("g");
  EXPECT_EQ(run_once("g").status, 404);
  EXPECT_EQ(run_once("g", "k2").status, 202);
}

TEST_F(RepeatTest, AFailureIsNot) {
  store_group("g");
  queue_.stop();
  EXPECT_EQ(run_once("g").status, 503);
  CommitQueue later(storage_, {});
  Operations operations(later, settings_, pause_, work_, clock_, {});
  std::promise<KeptAnswer> sent;
  operations.start_run(actor_, "g", RunMode::kPlan, keyed<headroom::Run>("k", "a", rendered_, sent));
  EXPECT_EQ(sent.get_future().get().status, 202);
}

// Two at once: the second is answered after the first, and alike.
TEST_F(RepeatTest, TwoAtOnceAreOne) {
  store_group("g");
  std::promise<void> go;
  queue_.submit([opened = go.get_future().share()](Storage&) { opened.wait(); }, [](const std::exception_ptr&) {});
  std::promise<KeptAnswer> first;
  std::promise<KeptAnswer> second;
  operations_.start_run(actor_, "g", RunMode::kPlan, keyed<headroom::Run>("k", "a", rendered_, first));
  operations_.start_run(actor_, "g", RunMode::kPlan, keyed<headroom::Run>("k", "a", rendered_, second));
  go.set_value();
  const KeptAnswer answer = first.get_future().get();
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(second.get_future().get().body, answer.body);
  EXPECT_EQ(runs(), 1);
  EXPECT_EQ(work_.in_hand(), 1u);
}

TEST_F(RepeatTest, SurvivesARestartAndEndsAfterADay) {
  store_group("g");
  const KeptAnswer first = run_once("g");
  queue_.stop();
  struct LaterClock final : Clock {
    TimeMs now() const override { return time; }
    bool sleep(DurationMs) override { return true; }
    TimeMs time = 0;
  } later;
  CommitQueue queue(storage_, {});
  Operations operations(queue, settings_, pause_, work_, later, {});
  const auto ask = [&](DurationMs after) {
    later.time = clock_.now() + after;
    std::promise<KeptAnswer> sent;
    operations.start_run(actor_, "g", RunMode::kPlan, keyed<headroom::Run>("k", "a", rendered_, sent));
    return sent.get_future().get();
  };
  EXPECT_EQ(ask(kDayMs - 1).body, first.body);
  EXPECT_EQ(ask(kDayMs).status, 409);  // asked anew: that run is open still
}

TEST_F(RepeatTest, ThereIsARoomForSoManyOnly) {
  store_group("g");
  queue_.commit([&](Storage& storage) {
    storage.keep_answer({"ops", "first", ""}, {std::string(64, 'a'), 200, "", ""}, clock_.now());
  });
  // As many ids as there may be answers.
  execute(path_, "UPDATE sqlite_sequence SET seq = " + std::to_string(kMaxKeptAnswers) +
                     " WHERE name = 'kept_answer'; INSERT INTO kept_answer (token, key, request, created_at,"
                     " status, location, body) VALUES ('ops', 'last', '" +
                     std::string(64, 'a') + "', 1, 200, '', '')");
  EXPECT_EQ(run_once("g").status, 503);
  EXPECT_EQ(runs(), 0);
  EXPECT_EQ(work_.in_hand(), 0u);
}

}  // namespace
}  // namespace headroom
