#pragma once

#include <atomic>
#include <mutex>
#include <string>

namespace headroom::postgres {

// What the connections of one process know together of their server: whether it can be had, and that it is the one that
// everybody has agreed on. Thread-safe.
//
// One of them probes. While it finds nobody the others do not try, and nobody waits for what is not there; and of a
// server that is another one (a standby that was promoted, or the same one started again) they keep away until the one
// that probes has noted that.
class Availability {
 public:
  // A connection could not be made, or was made by who probes.
  void set_away(bool away) { away_ = away; }
  bool away() const { return away_; }

  // By who probes, once it is noted who it is.
  void agree_on(const std::string& server) {
    const std::lock_guard lock(mutex_);
    server_ = server;
  }
  bool is_agreed(const std::string& server) const {
    const std::lock_guard lock(mutex_);
    return server_ == server;
  }

 private:
  std::atomic<bool> away_ = false;
  mutable std::mutex mutex_;
  std::string server_;  // guarded by mutex_; empty: nobody has agreed on any
};

}  // namespace headroom::postgres
