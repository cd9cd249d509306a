#pragma once

#include <functional>
#include <string>

#include "daemon/ground.h"
#include "daemon/threads/spool_threads.h"
#include "engine/store_sink.h"
#include "postgres/postgres_storage.h"
#include "spool/spool.h"

namespace headroom {

// Webhooks on their way to a database server: on a connection of their own, in batches, and through the spool while it
// does not answer. What is in the spool goes on another connection.
class ServerIntake {
 public:
  struct Options {
    postgres::Connection::Options connection;        // for both
    std::string node;                                // whose counters
    std::function<void()> group_due;                 // a webhook has made a group due
    // The spool is another database's, after which the process has to end.
    std::function<void(const DatabaseProblem&)> foreign;
  };
  // All outlive this.
  ServerIntake(const Ground& ground, Spool& spool, const Options& options);

  Intake& intake() { return threads_.intake(); }
  // Stores what is queued and ends the threads.
  void stop() { threads_.stop(); }

  Spooling::State state() const { return threads_.state(); }
  std::size_t depth() const { return threads_.depth(); }

 private:
  PostgresStorage straight_;   // the straight way's
  PostgresStorage forwarded_;  // the spool's
  StoreSink straight_sink_;
  StoreSink forwarded_sink_;
  SpoolThreads threads_;  // last: they use all of the above
};

// Of a database, so that no events of one go into another: a random word, kept in it.
inline constexpr char kDatabaseIdSetting[] = "database_id";

}  // namespace headroom
