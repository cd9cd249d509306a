#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "sqlite/sqlite_read_view.h"
#include "sqlite/sqlite_storage.h"
#include "tests/model/order_queue.h"
#include "tests/support/temp_dir.h"

namespace headroom::model {

// The database of one world after the other. Opening it and preparing its statements costs more than most worlds do:
// both outlive the daemons, and a simulated death, which never falls into a transaction. What a real kill leaves
// behind is the soak tests' subject; reopen() is for some of the deaths, so that a start on what was written is seen.
class Store {
 public:
  Store();
  ~Store();

  // As it was after its migration. `now`: its own clock from then on. `delays`: what can be written later is, until
  // somebody commits something else.
  void clear(std::function<TimeMs()> now, bool delays = false);
  void reopen();

  headroom::Store& storage() { return *storages_[delays_]; }
  // One for all who read: they take turns, and each of their calls sees what is committed.
  std::shared_ptr<ReadView> view() { return view_; }
  OrderQueue& queue() { return *queues_[delays_]; }

 private:
  void open_storage(bool delays);
  void open_view();
  void remember_initial_rows();

  test::TempDir folder_;
  const std::string path_;
  std::function<TimeMs()> now_ = [] { return TimeMs{0}; };
  // One that writes all at once, and one that delays; each world has one of them.
  std::array<std::unique_ptr<SqliteStorage>, 2> storages_;
  std::array<std::unique_ptr<OrderQueue>, 2> queues_;
  bool delays_ = false;
  std::shared_ptr<SqliteReadView> view_;
  // Without triggers and foreign keys; keeps the log short, too, since it checkpoints where the others do not.
  std::unique_ptr<SQLite::Database> cleaner_;
  std::deque<SQLite::Statement> at_clear_;
};

}  // namespace headroom::model
