#include "spool/spool.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "headroom/storage_error.h"
#include "spool/spool_file.h"
#include "spool/spool_rows.h"
#include "sqlite/file_problem.h"
#include "sqlite/writer_connection.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

constexpr std::int64_t kLogBytes = 4 << 20;   // written, for one checkpoint
constexpr std::int64_t kRemovedBytes = 100;   // of the log, for a row that goes
constexpr std::int64_t kLargePages = 2048;    // free ones of an empty file, which is then made small

// Looks first: no lock is left beside another's file, or beside none.
DatabaseLock lock_own(const SpoolOptions& options) {
  spool::refuse_others(options.path);
  if (!options.create && !std::filesystem::exists(options.path)) throw file_problem(options.path, ENOENT);
  return DatabaseLock(options.path);
}

std::unique_ptr<sqlite::Connection> open_own(const SpoolOptions& options) {
  return spool::open_file(options.path, options.vfs, options.create);
}

}  // namespace

Spool::Spool(const SpoolOptions& options)
    : options_(options), lock_(lock_own(options)), connection_(open_own(options)), place_(options.path) {
  try {
    count();
    if (!options.identity.empty()) belong_to(options.identity);
  } catch (const StorageError& error) {
    throw DatabaseProblem(DatabaseProblem::Kind::kIo, path() + ": " + error.what());
  }
}

// A failed disk is not to be written to by the close, which would move the log.
Spool::~Spool() {
  if (connection_ && !failure().empty()) sqlite::leave_as_it_is(*connection_);
}

template <typename Call>
auto Spool::guarded(Call&& call) {
  const std::lock_guard lock(mutex_);
  require_working();
  try {
    return connection_->guarded(std::forward<Call>(call));
  } catch (const StorageError& error) {
    roll_back();
    if (error.kind() == StorageError::Kind::kFatal) fail(error.what());
    throw;
  } catch (...) {
    roll_back();
    throw;
  }
}

template <typename Call, typename Committed>
void Spool::change(Call&& call, Committed&& committed) {
  guarded([&] {
    connection_->execute("BEGIN IMMEDIATE");
    call();
    connection_->execute("COMMIT");
    committed();
  });
}

void Spool::roll_back() noexcept {
  if (!connection_->in_transaction()) return;
  try {
    connection_->execute("ROLLBACK");
  } catch (const std::exception&) {
    // SQLite has rolled back already, or the next BEGIN reports what is wrong.
  }
}

void Spool::require_working() const {
  if (const std::string broken = failure(); !broken.empty()) throw StorageError(StorageError::Kind::kFatal, broken);
}

void Spool::fail(const std::string& why) {
  const std::lock_guard lock(failure_mutex_);
  if (failure_.empty()) failure_ = path() + ": " + why;
}

std::string Spool::failure() const {
  const std::lock_guard lock(failure_mutex_);
  return failure_;
}

std::int64_t Spool::number(const std::string& sql) {
  sqlite::Query query = connection_->query(sql);
  return query.step() ? query.integer() : 0;
}

// The ids have no gap, so that nobody has to count a million rows.
void Spool::count() {
  connection_->guarded([this] {
    const std::int64_t first = number("SELECT ifnull(min(id), 1) FROM event");
    const std::int64_t last = number("SELECT ifnull(max(id), 0) FROM event");
    const std::int64_t refused = number("SELECT count(*) FROM refused");
    next_id_ = last + 1;
    depth_ = last + 1 - first;
    refused_ = refused;
  });
}

std::size_t Spool::append(std::span<const Event> events) {
  std::span<const Event> taken;
  std::int64_t bytes = 0;
  change(
      [&] {
        remove_leaving();
        taken = events.first(std::min(events.size(), static_cast<std::size_t>(std::max<std::int64_t>(0, room()))));
        std::int64_t id = next_id_;
        for (const Event& event : taken) {
          spool::insert_event(*connection_, id++, event);
          bytes += spool::bytes_of(event);
        }
      },
      [&] {
        leaving_ = {};
        next_id_ += static_cast<std::int64_t>(taken.size());
        depth_ += static_cast<std::int64_t>(taken.size());
        written_ += bytes;
      });
  return taken.size();
}

std::set<std::string> Spool::intake_ids() {
  std::set<std::string> ids;
  sqlite::Query rows = connection_->query("SELECT intake_id FROM event UNION ALL SELECT intake_id FROM refused");
  while (rows.step()) ids.insert(rows.bytes());
  return ids;
}

std::optional<Spool::Added> Spool::append_all(const Next& next) {
  struct NoRoom {};
  Added added;
  try {
    change(
        [&] {
          std::set<std::string> ids = intake_ids();
          while (const std::optional<Event> event = next()) {
            const bool is_new =
                !event->intake_id || ids.emplace(event->intake_id->begin(), event->intake_id->end()).second;
            if (is_new && added.events >= room()) throw NoRoom();
            if (is_new) spool::insert_event(*connection_, next_id_ + added.events, *event);
            ++(is_new ? added.events : added.known);
          }
        },
        [&] {
          next_id_ += added.events;
          depth_ += added.events;
          written_ += kLogBytes;
        });
  } catch (const NoRoom&) {
    return std::nullopt;
  }
  return added;
}

Spool::Batch Spool::after(std::int64_t id, std::size_t most) {
  static const std::string sql = "SELECT id, " + spool::columns() + " FROM event WHERE id > ? ORDER BY id";
  return read(sql, id, most, false);
}

Spool::Batch Spool::refused_after(std::int64_t id, std::size_t most) {
  static const std::string sql = "SELECT id, " + spool::columns() + ", why FROM refused WHERE id > ? ORDER BY id";
  return read(sql, id, most, true);
}

Spool::Batch Spool::read(const std::string& sql, std::int64_t id, std::size_t most, bool with_why) {
  return guarded([&] {
    sqlite::Query rows = connection_->query(sql);
    rows.bind(with_why ? id : std::max(id, leaving_.through));
    return spool::read_batch(rows, most, with_why);
  });
}

void Spool::remove_through(std::int64_t id, std::span<const Refused> refused) {
  guarded([&] { note_leaving(id, refused); });
  try {
    change([this] { remove_leaving(); }, [this] { leaving_ = {}; });
  } catch (const StorageError& error) {
    if (error.kind() == StorageError::Kind::kFatal) throw;
  }
}

bool Spool::is_leaving() {
  const std::lock_guard lock(mutex_);
  return leaving_.through > 0;
}

void Spool::note_leaving(std::int64_t id, std::span<const Refused> refused) {
  const std::int64_t through = std::min(id, next_id_ - 1);
  const std::int64_t removed = std::max<std::int64_t>(0, through + 1 - (next_id_ - depth_));
  leaving_.through = std::max(leaving_.through, through);
  leaving_.refused.insert(leaving_.refused.end(), refused.begin(), refused.end());
  depth_ -= removed;
  refused_ += static_cast<std::int64_t>(refused.size());
  written_ += removed * kRemovedBytes;
}

void Spool::remove_leaving() {
  if (leaving_.through == 0) return;
  static const std::string set_aside =
      "INSERT INTO refused (" + spool::columns() + ", why) SELECT " + spool::columns() + ", ? FROM event WHERE id = ?";
  for (const Refused& one : leaving_.refused) connection_->query(set_aside).bind(one.why, one.id).run();
  connection_->query("DELETE FROM event WHERE id <= ?").bind(leaving_.through).run();
}

void Spool::retry_refused() {
  if (refused_ == 0) return;
  change(
      [this] {
        static const std::string again = "INSERT INTO event (id, " + spool::columns() +
                                         ") SELECT ? + row_number() OVER (ORDER BY id), " + spool::columns() +
                                         " FROM refused ORDER BY id";
        connection_->query(again).bind(next_id_ - 1).run();
        connection_->execute("DELETE FROM refused");
      },
      [this] {
        next_id_ += refused_;
        depth_ += refused_;
        refused_ = 0;
      });
}

std::string Spool::identity() {
  std::string identity;
  guarded([&] {
    sqlite::Query row = connection_->query("SELECT identity FROM meta");
    if (row.step()) identity = row.text();
  });
  return identity;
}

void Spool::belong_to(const std::string& identity) {
  const std::string former = this->identity();
  if (former == identity) return;
  if (!former.empty() && depth_ + refused_ > 0) {
    throw DatabaseProblem(DatabaseProblem::Kind::kForeignApp,
                          path() + ": holds " + std::to_string(depth_ + refused_) + " events of another database (" +
                              former + ", and not " + identity + "), which are not sent to this one");
  }
  change([&] { connection_->query("UPDATE meta SET identity = ?").bind(identity).run(); }, [] {});
}

void Spool::tidy() noexcept {
  try {
    if (is_leaving()) change([this] { remove_leaving(); }, [this] { leaving_ = {}; });
    guarded([this] {
      if (depth_ == 0) make_small();
      if (written_ < kLogBytes) return;
      written_ = 0;
      // No other connection reads: all of the log is moved, and begins anew.
      connection_->execute(depth_ == 0 ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(PASSIVE)");
    });
  } catch (const std::exception&) {
    // A full disk: the next time is as good.
  }
}

// Costs what is left in it, which is what was refused.
void Spool::make_small() {
  if (number("PRAGMA freelist_count") < kLargePages) return;
  connection_->execute("VACUUM");
  written_ += kLogBytes;
}

void Spool::look() {
  const std::lock_guard lock(failure_mutex_);
  if (const std::string problem = place_.problem(); !problem.empty() && failure_.empty()) failure_ = problem;
}

void Spool::reopen() {
  const std::lock_guard lock(mutex_);
  if (failure().empty()) return;
  SpoolOptions options = options_;
  options.create = options.create && depth_ + refused_ == 0;
  if (!options.create && !std::filesystem::exists(path())) throw file_problem(path(), ENOENT);
  if (connection_) sqlite::leave_as_it_is(*connection_);
  connection_.reset();  // two connections of one process would take each other's locks
  connection_ = open_own(options);
  leaving_ = {};
  count();
  const std::lock_guard failure_lock(failure_mutex_);
  place_ = FilePlace(path());
  failure_.clear();
}

}  // namespace headroom
