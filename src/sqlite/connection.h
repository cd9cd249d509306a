#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "sqlite/query.h"
#include "sqlite/sqlite_errors.h"

namespace headroom::sqlite {

// One connection with its prepared statements, which are kept for its life. Belongs to one thread at a time.
class Connection {
 public:
  struct Options {
    std::string path;
    std::string vfs = {};  // empty: the default one
    bool read_only = true;
    // The longest that read() may take; 0 = no limit.
    std::chrono::milliseconds max_read{0};
    // Called when guarded() meets a disk that fails, or a damaged file, before it throws.
    std::function<void(const std::string&)> broken = {};
  };

  // Throws DatabaseProblem.
  explicit Connection(const Options& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Throws SQLite::Exception. One query per text at a time; texts are fixed, so that there is a bounded number of them.
  Query query(const std::string& sql);
  // A literal is known by its address, which costs nothing to look up.
  template <std::size_t kSize>
  Query query(const char (&literal)[kSize]) {
    SQLite::Statement*& known = literals_[literal];
    if (known == nullptr) known = &statement(literal);
    return Query(*known);
  }
  template <typename Text>
  void execute(const Text& sql) {
    query(sql).run();
  }
  // Rows that the last INSERT, UPDATE or DELETE changed, those of its triggers left out.
  int changes() const { return database_.getChanges(); }
  // The id of the row that the last INSERT made, one of its triggers left out. RETURNING would tell it too, but makes a
  // table in memory each time.
  std::int64_t last_id() const { return database_.getLastInsertRowid(); }
  // False once SQLite itself has rolled a transaction back, as it does after some errors.
  bool in_transaction() const;
  sqlite3* handle() const { return database_.getHandle(); }

  // Calls `call` with the errors translated to StorageError.
  template <typename Call>
  auto guarded(Call&& call) {
    try {
      return std::forward<Call>(call)();
    } catch (const SQLite::Exception& error) {
      const StorageError translated = storage_error(error);
      if (broken_ && is_broken(error)) broken_(translated.what());
      throw translated;
    }
  }

  // The same of one query, which sees one snapshot by itself, in at most `max_read`: a transaction around it would be
  // half of what a small one costs.
  template <typename Call>
  auto read_one(Call&& call) {
    return guarded([&] {
      const Deadline deadline(*this);
      return std::forward<Call>(call)();
    });
  }

  // The same of several, on one snapshot (the open transaction's, if there is one).
  template <typename Call>
  auto read(Call&& call) {
    return guarded([&] {
      const Snapshot snapshot(*this);
      const Deadline deadline(*this);
      return std::forward<Call>(call)();
    });
  }

 private:
  class Deadline {
   public:
    explicit Deadline(Connection& connection);
    ~Deadline();
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

   private:
    Connection& connection_;
  };
  class Snapshot {
   public:
    explicit Snapshot(Connection& connection);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

   private:
    Connection& connection_;
    bool own_ = false;
  };

  SQLite::Statement& statement(const std::string& sql);

  const std::chrono::milliseconds max_read_;
  const std::function<void(const std::string&)> broken_;
  std::chrono::steady_clock::time_point read_until_;
  SQLite::Database database_;
  // After the database: SQLiteCpp aborts when a statement outlives it.
  std::unordered_map<std::string, std::unique_ptr<SQLite::Statement>> statements_;
  std::unordered_map<const char*, SQLite::Statement*> literals_;  // of statements_
};

}  // namespace headroom::sqlite
