#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/soak/silent_relay.h"
#include "tests/support/daemon_process.h"
#include "tests/support/http_client.h"

namespace headroom::soak {

// One node: its way to the database, and one process after the other. Steered by one thread; url() and disturbances()
// are for all.
class NodeProcess {
 public:
  using Settings = std::map<std::string, std::string>;
  // Has its own names, files and ports; `settings` are those of all nodes. What the processes say goes to its log.
  NodeProcess(std::string name, std::string folder, Settings settings, const std::string& socket_path,
              const std::string& database);
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  std::vector<std::string> arguments(const std::vector<std::string>& command) const;
  void start();  // throws when it does not listen
  void kill();   // these two throw when it ends otherwise
  void stop();   // SIGTERM
  void freeze(std::chrono::milliseconds how_long);
  void cut_off(std::chrono::milliseconds how_long);
  // What was frozen or cut off for long enough is so no more; a connection's words of meanwhile arrive, if `carry`.
  void thaw(bool carry, bool at_once = false);
  void write_log();

  const std::string& name() const { return name_; }
  bool is_frozen() const { return frozen_until_ != Time{}; }
  bool is_cut_off() const { return cut_until_ != Time{}; }
  // Empty while there is no process.
  std::string webhook_url() const;
  // Odd while it can not answer, whoever is right: stopped, killed, ending, or not started yet.
  std::int64_t disturbances() const { return disturbances_; }
  e2e::HttpAnswer get(const std::string& path) const;
  std::int64_t metric(const std::string& series) const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  void end(int expected);
  void disturb();

  const std::string name_;
  const std::string folder_;
  Settings settings_;
  SilentRelay relay_;
  std::unique_ptr<e2e::DaemonProcess> process_;
  std::string admin_url_;
  Time frozen_until_{}, cut_until_{};  // none: it is not

  mutable std::mutex mutex_;
  std::string webhook_url_;  // guarded by mutex_
  std::atomic<std::int64_t> disturbances_ = 1;
};

}  // namespace headroom::soak
