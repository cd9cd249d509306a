#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "headroom/event.h"
#include "spool/spool_batch.h"
#include "sqlite/connection.h"
#include "sqlite/database_lock.h"
#include "sqlite/file_place.h"

namespace headroom {

struct SpoolOptions {
  std::string path;
  std::string identity = {};  // of the database that its events are for; empty: not known yet
  std::int64_t max = 1'000'000;
  bool create = true;
  std::string vfs = {};  // empty: the default one
};

// Events on this node's own disk, in the order of their coming, each of which has an intake id. Thread-safe: one
// connection behind a mutex, which is held across syncs. After a failed disk every call fails with the same
// StorageError (kFatal), until the file could be opened anew.
class Spool {
 public:
  using Batch = SpoolBatch;
  struct Refused {
    std::int64_t id = 0;
    std::string why;
  };
  using Next = std::function<std::optional<Event>()>;
  struct Added {
    std::int64_t events = 0;
    std::int64_t known = 0;  // whose intake id it has already: not doubled
  };

  // Throws DatabaseProblem: kLocked when another process holds it, kForeignApp when it has another database's events.
  explicit Spool(const SpoolOptions& options);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // They are on disk when it returns: the first so many of them, for which there was room below the bound. Throws
  // StorageError: nothing was stored.
  std::size_t append(std::span<const Event> events);
  // All that `next` gives until it gives nothing, or none of them: what it throws goes on, and nullopt says that there
  // is no room for all. Takes long.
  std::optional<Added> append_all(const Next& next);

  Batch oldest(std::size_t most) { return after(0, most); }
  // Of those with a larger id; fewer than `most` when their bodies are long. Nothing at the end alone.
  Batch after(std::int64_t id, std::size_t most);
  Batch refused_after(std::int64_t id, std::size_t most);

  // These are done with. The `refused` of them, ascending, are set aside, and all others gone. Where the disk has no
  // room for that it is done later: after a crash before then they are there once more. Throws StorageError (kFatal).
  void remove_through(std::int64_t id, std::span<const Refused> refused = {});
  // What was set aside stands at the end once more.
  void retry_refused();

  // From now on it is this database's. Throws DatabaseProblem (kForeignApp) when it holds events of another one, and
  // StorageError.
  void belong_to(const std::string& identity);
  std::string identity();

  // What is better done when nobody waits: the log is moved into the file, and a file that is empty becomes small. What
  // fails for good shows in failure().
  void tidy() noexcept;
  // Whether the file is still the one that was opened; when not, it has failed.
  void look();
  // Of one that has failed: opens the file anew, as a start does. What was on disk is there. A file that is gone is not
  // made anew while there were events in it. Throws DatabaseProblem, StorageError: it is as it was.
  void reopen();

  std::int64_t depth() const { return depth_; }
  std::int64_t refused() const { return refused_; }
  std::int64_t max() const { return options_.max; }
  const std::string& path() const { return options_.path; }
  // Why nothing may be read or written; empty while it works.
  std::string failure() const;

 private:
  // Done with, and still in the file.
  struct Leaving {
    std::int64_t through = 0;  // 0: nothing is
    std::vector<Refused> refused;
  };
  template <typename Call>
  auto guarded(Call&& call);
  // `committed` is called once what `call` did is on disk.
  template <typename Call, typename Committed>
  void change(Call&& call, Committed&& committed);
  Batch read(const std::string& sql, std::int64_t id, std::size_t most, bool with_why);
  void roll_back() noexcept;
  void fail(const std::string& why);
  void require_working() const;
  std::int64_t number(const std::string& sql);
  std::set<std::string> intake_ids();
  void count();
  bool is_leaving();
  void note_leaving(std::int64_t id, std::span<const Refused> refused);
  void remove_leaving();
  void make_small();
  std::int64_t room() const { return max() - depth_ - refused_; }

  const SpoolOptions options_;
  const DatabaseLock lock_;

  std::mutex mutex_;
  std::unique_ptr<sqlite::Connection> connection_;        // guarded by mutex_, as what follows; none: it has failed
  std::int64_t next_id_ = 1;                              // ids follow each other without a gap
  std::int64_t written_ = 0;                              // bytes, about, since the log was moved last
  Leaving leaving_;

  std::atomic<std::int64_t> depth_ = 0;
  std::atomic<std::int64_t> refused_ = 0;
  mutable std::mutex failure_mutex_;
  std::string failure_;  // guarded by failure_mutex_, as what follows
  FilePlace place_;      // of what connection_ may have made
};

}  // namespace headroom
