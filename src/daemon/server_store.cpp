#include "daemon/server_store.h"

#include <algorithm>
#include <utility>

#include "daemon/disk_room.h"
#include "daemon/failure_log.h"
#include "daemon/node_name.h"
#include "database/schema_keeper.h"
#include "database/server.h"
#include "headroom/reasons.h"
#include "headroom/storage_error.h"
#include "postgres/postgres_errors.h"
#include "postgres/postgres_read_view.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

constexpr std::chrono::milliseconds kStartLook{400};  // webhooks wait for it
constexpr std::chrono::milliseconds kLook{2000};
constexpr std::chrono::milliseconds kConnect{3000};      // over all hosts
constexpr std::chrono::milliseconds kLastWord{1000};     // of what is written while the process ends
constexpr std::chrono::milliseconds kOrderWithin{1700};  // of the two seconds in which an order is answered
constexpr std::chrono::milliseconds kOrderBehindDelay{400};
constexpr std::chrono::milliseconds kOrderAfterWait{600};
constexpr DurationMs kBeyondCalls = 5 * kSecondMs;  // of the drain, beside the longest call

LeaseClaim claim_of(const Config& config) {
  LeaseClaim claim;
  claim.holder = random_id();
  claim.lasts = config.scheduler.lease;
  claim.drain = config.chat.request_timeout + kBeyondCalls;
  return claim;
}

}  // namespace

// Whatever it commits stands behind what it has found out about the server.
class ServerStore::OwnWriter final : public Writer {
 public:
  OwnWriter(const postgres::Connection::Options& options, const LeaseClaim& claim, postgres::Availability& availability)
      : storage_(options), claim_(claim), availability_(availability) {}

  void commit(const Job& job) override {
    try {
      commit_job(job);
      availability_.set_back();
    } catch (const postgres::SqlError& error) {
      const bool of_rights = error.sqlstate() == postgres::kInsufficientPrivilege;
      if (of_rights) availability_.set_keeps_out(error.what());
      note(error, of_rights);
      throw;
    } catch (const StorageError& error) {
      note(error, false);
      throw;
    }
  }
  bool works() const override { return !availability_.away(); }
  postgres::Standbys standbys() { return storage_.standbys(); }
  SchemaStatus schema() { return storage_.schema(); }

 private:
  // Rights that its own tables lack say nothing of the others' work.
  void note(const StorageError& error, bool of_rights) {
    if (error.kind() == StorageError::Kind::kUnavailable && !of_rights) availability_.set_away(error.what());
  }
  void commit_job(const Job& job) {
    storage_.begin();
    try {
      const bool other = storage_.server() != known_;
      if (other) storage_.see_server(claim_);
      job(storage_);
      storage_.commit();
      if (!other) return;
      known_ = storage_.server();
      availability_.agree_on(known_);
    } catch (...) {
      storage_.rollback();
      throw;
    }
  }

  PostgresStorage storage_;
  const LeaseClaim claim_;
  postgres::Availability& availability_;
  std::string known_;
};

ServerStore::ServerStore(const Ground& ground)
    : DaemonStore(ground),
      claim_(claim_of(ground.config)),
      name_(server_name(ground.config.database)),
      spool_({ground.config.spool.path, {}, ground.config.spool.max}) {
  const auto refusals = std::make_shared<FailureLog>(ground.log, "the database refuses what this node asks of it");
  availability_->on_refusal([refusals](const std::string& what) { refusals->failed(what); });
  postgres::Connection::Options own = options();
  own.probes = true;
  own.connect_within = kConnect;
  own_writer_ = std::make_unique<OwnWriter>(own, claim_, *availability_);
}

// Their threads use the storages.
ServerStore::~ServerStore() {
  orders_.reset();
  queue_.reset();
}

Writer& ServerStore::own_writer() { return *own_writer_; }

postgres::Standbys ServerStore::standbys() { return own_writer_->standbys(); }

// Whatever else is the matter with it is what its own statements say: a dump that is being played back is nothing to
// end for.
SchemaStatus ServerStore::look_at_schema() {
  const SchemaStatus status = own_writer_->schema();
  if (status.state == SchemaState::kNewer) require_current(status, name_);
  return status;
}

postgres::Connection::Options ServerStore::options() const {
  postgres::Connection::Options options = server_options(ground_.config.database);
  options.at_once = false;
  options.availability = availability_;
  return options;
}

void ServerStore::open(const std::function<void()>& started, std::function<void()> has_room) {
  try {
    make_ready(kStartLook);
  } catch (const DatabaseProblem& problem) {
    const bool may_answer_later =
        problem.kind() == DatabaseProblem::Kind::kUnavailable || problem.kind() == DatabaseProblem::Kind::kLocked;
    if (!may_answer_later) throw;
    availability_->set_away(problem.what());  // which is said by who asks again
  }
  log_start(name_, schema_, started);
  started_ = true;
  log_migrations(migrated_);
  const std::string node = node_name(ground_.config);
  storage_ = std::make_unique<PostgresStorage>(options(), node, PostgresStorage::Order::kInTurn);
  queue_ = std::make_unique<CommitQueue>(*storage_, own_options(has_room));
  orders_storage_ = std::make_unique<PostgresStorage>(options(), node, PostgresStorage::Order::kInTurn);
  orders_ = std::make_unique<CommitQueue>(*orders_storage_, orders_options());
}

CommitQueue::Options ServerStore::own_options(const std::function<void()>& has_room) {
  CommitQueue::Options own = queue_options([] {});
  own.ends_with_fatal = false;
  own.within = [this] { return availability_->hurried() ? kLastWord : std::chrono::milliseconds(0); };
  own.full = [&log = ground_.log, has_room](const std::string& what) {
    if (what.empty()) {
      log.info("the disk of the database's server has room again, the scheduler goes on");
      has_room();
    } else {
      log.error(
          "the disk of the database's server is full: webhooks go into the spool, orders are refused and nobody "
          "is removed until it has room",
          {{"reason", kStorageFailing}, {"error", what}});
    }
  };
  return own;
}

CommitQueue::Options ServerStore::orders_options() {
  CommitQueue::Options orders = queue_options([] {}, "orders");
  orders.ends_with_fatal = false;
  orders.full = nullptr;  // the other queue tells
  orders.max_batch = 1;   // what one of them meets is not the others' fault
  // Whoever comes behind a wait in vain may have waited himself.
  orders.within = [this] { return availability_->delayed_lately() ? kOrderAfterWait : kOrderWithin; };
  // Whoever pauses has asked for the numbers first, on another connection; and others wait behind whoever meets a lock,
  // who may not need what it holds.
  orders.give_up_at = [this](CommitQueue::Time until) {
    const auto now = std::chrono::steady_clock::now();
    if (availability_->delayed_lately()) until = std::min(until, now + kOrderBehindDelay);
    orders_storage_->give_up_at(until);
    return until;
  };
  return orders;
}

// What only asks after the schema does not tell the others why it takes no writes.
bool ServerStore::ready() {
  try {
    return ready_ || make_ready(kLook);
  } catch (const DatabaseProblem& problem) {
    note_kept_out(problem);
    if (problem.kind() != DatabaseProblem::Kind::kUnavailable) throw;
    try {
      own_writer_->commit([](Transaction&) {});
    } catch (const StorageError&) {
    }
    throw;
  }
}

// At a start it would have ended this process: the server did not answer then.
void ServerStore::note_kept_out(const DatabaseProblem& problem) {
  using Kind = DatabaseProblem::Kind;
  if (problem.kind() != Kind::kNoPermission && problem.kind() != Kind::kMissing) return;
  availability_->set_keeps_out(problem.what());
  availability_->set_away(problem.what());
}

// A migration takes as long as it takes; only whoever has to make one waits for it.
bool ServerStore::make_ready(std::chrono::milliseconds within) {
  const Config& config = ground_.config;
  const auto keeper = schema_keeper(config.database, within);
  SchemaStatus status = keeper->status(config.chat.sdk_app_id);
  const bool is_ours = status.state == SchemaState::kCurrent || status.state == SchemaState::kCompatible;
  if (config.database.auto_migrate && !(is_ours && status.sdk_app_id)) {
    MigrateOptions options;
    options.sdk_app_id = config.chat.sdk_app_id;
    options.now = ground_.clock.now();
    migrated_ = keeper->up(options, [](const std::string&) {});
    if (started_) log_migrations(migrated_);
    status = keeper->status(config.chat.sdk_app_id);
  }
  require_current(status, name_);
  schema_ = status.newest;
  return ready_ = true;
}

void ServerStore::end_with(StopSteps& steps) {
  steps.add("the refusals' lines", [this] { ground_.observer.write_refusals(); });
  steps.add("the write queue", [this] { queue_->stop(); });
  steps.add("the orders' queue", [this] { orders_->stop(); });
  steps.add("the intake", [this] {
    if (intake_) intake_->stop();
    say_gone();
  });
}

Intake& ServerStore::open_intake(std::function<void()> group_due) {
  ServerIntake::Options intake;
  intake.connection = options();
  intake.node = node_name(ground_.config);
  intake.group_due = std::move(group_due);
  intake.foreign = [this](const DatabaseProblem& problem) {
    const std::lock_guard lock(unusable_mutex_);
    unusable_ = problem;
  };
  intake_ = std::make_unique<ServerIntake>(ground_, spool_, intake);
  return intake_->intake();
}

// Who ends with nothing in its spool leaves nothing to look for. Its node's thread has ended.
void ServerStore::say_gone() {
  if (!ready_ || availability_->away() || spool_.depth() + spool_.refused() > 0) return;
  try {
    own_writer_->commit([this](Transaction& storage) { storage.forget_node(claim_.holder); });
  } catch (const StorageError&) {  // the others will miss it
  }
}

std::optional<DatabaseProblem> ServerStore::unusable() const {
  const std::lock_guard lock(unusable_mutex_);
  return unusable_;
}

std::unique_ptr<ReadView> ServerStore::view() const { return std::make_unique<PostgresReadView>(options()); }

std::unique_ptr<ReadView> ServerStore::view_for_answers() const {
  return std::make_unique<PostgresReadView>(options(), PostgresReadView::For::kAnswers);
}

void ServerStore::measure(MetricsSnapshot& snapshot) const {
  const DiskRoom room = disk_room(ground_.config.spool.path);
  snapshot.disk_free_bytes = room.free;
  snapshot.disk_size_bytes = room.size;
  snapshot.spool_depth = spool_.depth();
  snapshot.write_queue_depth += static_cast<std::int64_t>(orders_->depth());
  if (intake_) snapshot.write_queue_depth += static_cast<std::int64_t>(intake_->depth());
}

}  // namespace headroom
