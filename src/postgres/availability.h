#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

namespace headroom::postgres {

// What the connections of one process know together of their server: whether it can be had, and that it is the one that
// everybody has agreed on. Thread-safe.
//
// One of them probes. While it finds nobody the others do not try, and nobody waits for what is not there; and of a
// server that is another one (a standby that was promoted, or the same one started again) they keep away until the one
// that probes has noted that.
class Availability {
 public:
  // A connection could not be made, for what reason; or was made by who probes.
  void set_away(const std::string& why) {
    const std::lock_guard lock(mutex_);
    why_away_ = why;
    away_ = true;
  }
  void set_back() { away_ = false; }
  bool away() const { return away_; }
  std::string why_away() const {
    const std::lock_guard lock(mutex_);
    return why_away_;
  }

  // What the server refuses to whom, in its own words: told each time, from any thread. By who probes it is said that
  // it is away. To be set before there is anybody.
  void on_refusal(std::function<void(const std::string& what)> told) { told_ = std::move(told); }
  void tell(const std::string& what) const { told_(what); }

  // The process ends: what waits from now on waits for a second at most.
  void hurry() { hurried_ = true; }
  bool hurried() const { return hurried_; }

  // What anybody asks of it, and that it answered, whatever it said. Owes an answer, and has given none to anybody
  // since, for longer than any lock is waited for: then whoever gives up can call it silent.
  void note_asked() {
    if (asked_at_.load() <= heard_at_.load()) asked_at_ = now();
  }
  void note_heard() { heard_at_ = now(); }
  bool is_quiet() const {
    const Since asked = asked_at_;
    return asked > heard_at_.load() && now() - asked > kQuiet;
  }

  // Somebody has waited in vain, a moment ago: whoever is the next waits for less. For any answer: note_silence(); for
  // a statement's, or for a lock, which the server has ended: note_delay().
  void note_silence() { silent_at_ = now(); }
  void note_delay() { delayed_at_ = now(); }
  bool silent_lately() const { return now() - silent_at_.load() < kLately; }
  bool delayed_lately() const { return silent_lately() || now() - delayed_at_.load() < kLately; }

  // By who probes, once it is noted who it is.
  void agree_on(const std::string& server) {
    const std::lock_guard lock(mutex_);
    server_ = server;
    keeps_out_.clear();
  }
  // Why a server that is there takes no writes, or lets this node alone not in (its TLS, its password, its role's
  // rights), as the newest try saw it; empty: there is none, or it is away for all.
  void set_keeps_out(const std::string& why) {
    const std::lock_guard lock(mutex_);
    keeps_out_ = why;
  }
  // The same, where it has taken none since this process began: that is no failover, which ends by itself.
  std::string never_let_in() const {
    const std::lock_guard lock(mutex_);
    return server_.empty() ? keeps_out_ : std::string();
  }
  bool has_agreed() const {
    const std::lock_guard lock(mutex_);
    return !server_.empty();
  }
  bool is_agreed(const std::string& server) const {
    const std::lock_guard lock(mutex_);
    return server_ == server;
  }

 private:
  using Since = std::chrono::steady_clock::duration;
  static constexpr std::chrono::seconds kLately{1};
  static constexpr std::chrono::milliseconds kQuiet{1200};
  static Since now() { return std::chrono::steady_clock::now().time_since_epoch(); }

  std::function<void(const std::string&)> told_ = [](const std::string&) {};  // not changed once anybody is there
  std::atomic<bool> away_ = false;
  std::atomic<bool> hurried_ = false;
  std::atomic<Since> asked_at_ = Since::min() / 2;
  std::atomic<Since> heard_at_ = Since::min() / 2;
  std::atomic<Since> silent_at_ = Since::min() / 2;
  std::atomic<Since> delayed_at_ = Since::min() / 2;
  mutable std::mutex mutex_;
  std::string server_;  // guarded by mutex_, as what follows; empty: nobody has agreed on any
  std::string keeps_out_;
  std::string why_away_;
};

}  // namespace headroom::postgres
