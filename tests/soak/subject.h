#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/soak/ledger.h"
#include "tests/support/daemon_process.h"
#include "tests/support/http_client.h"

namespace headroom::soak {

// The daemon under test: its folder with a fresh database, what it may lose, and one process after the other. The
// folder goes with the object unless something was wrong (`keep`).
class Subject {
 public:
  enum class Disk { kReal, kFaulty, kPower };  // kPower: faulty, and power cuts are possible
  explicit Subject(Disk disk, const std::map<std::string, std::string>& settings = {});
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  void launch();  // starts it, and does not wait until it listens
  void start();   // and waits; throws when it does not listen
  void kill();    // SIGKILL, and waits for the end
  int wait() { return daemon_->wait(); }
  void signal(int number) const { daemon_->signal(number); }
  // Faulty disks only: see FaultControl. Throws when it does not obey.
  void fault(const std::string& line) const;
  // The power goes, and the process with it.
  void cut(bool all, std::uint64_t seed);
  // The same while no process runs: what was never synced is gone.
  void lose_unsynced() const;

  std::string webhook_url() const { return webhook_url_; }
  e2e::HttpAnswer admin(const std::string& path) const { return e2e::http("GET", admin_url_ + path); }
  // Of /metrics; -1 when it is not there.
  std::int64_t metric(const std::string& series) const;
  std::string database() const { return file("headroom.db"); }
  std::string log() const { return daemon_ ? daemon_->stderr_text() : ""; }
  Ledger& ledger() { return ledger_; }
  void keep() { keep_ = true; }
  std::string folder() const { return folder_; }

 private:
  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> arguments(const std::vector<std::string>& command) const;

  const Disk disk_;
  std::map<std::string, std::string> settings_;
  std::filesystem::path folder_;
  Ledger ledger_;
  std::unique_ptr<e2e::DaemonProcess> daemon_;
  std::string webhook_url_;
  std::string admin_url_;
  bool keep_ = false;
};

}  // namespace headroom::soak
