#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "daemon/server_intake.h"
#include "daemon/store.h"
#include "engine/writer.h"
#include "headroom/lease.h"
#include "postgres/availability.h"
#include "postgres/postgres_storage.h"
#include "spool/spool.h"
#include "stored/database_problem.h"

namespace headroom {

// A database on a server, which several nodes share. Nothing here ends the daemon when it does not answer: it is asked
// again, by one connection for all.
class ServerStore final : public DaemonStore {
 public:
  // Throws DatabaseProblem (a URL that can not be read, a spool that another daemon has).
  explicit ServerStore(const Ground& ground);
  ~ServerStore() override;

  // Throws DatabaseProblem for what no wait mends; a server that does not answer is waited for.
  void open(const std::function<void()>& started, std::function<void()> has_room) override;
  void end_with(StopSteps& steps) override;
  // On a connection of its own, so that nobody who orders something waits behind the daemon's own work, and answered in
  // time, whatever the server or somebody else's lock does.
  CommitQueue& orders() override { return *orders_; }
  std::unique_ptr<ReadView> view() const override;
  std::unique_ptr<ReadView> view_for_answers() const override;
  Intake& open_intake(std::function<void()> group_due) override;
  void look() override { spool_.look(); }
  void measure(MetricsSnapshot& snapshot) const override;

  // The process ends, in its time, whatever the database does. From any thread.
  void hurry() { availability_->hurry(); }
  const LeaseClaim& claim() const { return claim_; }
  int schema() const { return schema_; }  // that this binary knows, once it is ready
  // Whether its schema is known to be this binary's; asks, if it is not. Throws DatabaseProblem, kUnavailable too.
  bool ready();
  // On a connection of its own, so that it waits behind nothing: the one that finds out, for all others, whether the
  // server answers, and which it is. For one thread at a time.
  Writer& own_writer();
  // Of own_writer()'s thread. Throws StorageError.
  postgres::Standbys standbys();
  // Another node's version may have migrated it meanwhile. Throws DatabaseProblem where this binary can not use it any
  // more; else what it holds. Of own_writer()'s thread. Throws StorageError.
  SchemaStatus look_at_schema();
  // The spool is another database's: the process has to end. From any thread.
  std::optional<DatabaseProblem> unusable() const;
  // Why the server takes no writes, or none of this node, where it has taken none since the start; else empty. From any
  // thread.
  std::string never_let_in() const { return availability_->never_let_in(); }
  std::int64_t spool_depth() const { return spool_.depth(); }  // from any thread, at any time
  // Of the intake's spool, once it is open.
  Spooling::State spooling() const { return intake_ ? intake_->state() : Spooling::State(); }

 private:
  class OwnWriter;
  postgres::Connection::Options options() const;
  CommitQueue::Options own_options(const std::function<void()>& has_room);
  CommitQueue::Options orders_options();
  bool make_ready(std::chrono::milliseconds within);
  void note_kept_out(const DatabaseProblem& problem);
  void say_gone();

  const LeaseClaim claim_;
  const std::string name_;
  const std::shared_ptr<postgres::Availability> availability_ = std::make_shared<postgres::Availability>();
  bool ready_ = false;
  bool started_ = false;
  MigrateReport migrated_;
  int schema_ = 0;
  std::unique_ptr<PostgresStorage> storage_;         // the queue's
  std::unique_ptr<PostgresStorage> orders_storage_;  // those of orders_
  std::unique_ptr<CommitQueue> orders_;
  std::unique_ptr<OwnWriter> own_writer_;
  Spool spool_;
  mutable std::mutex unusable_mutex_;
  std::optional<DatabaseProblem> unusable_;  // guarded by unusable_mutex_
  std::unique_ptr<ServerIntake> intake_;
};

}  // namespace headroom
