#include "tests/soak/subject.h"

#include <signal.h>
#include <stdlib.h>

#include <fstream>
#include <stdexcept>

#include "tests/soak/fault_control.h"
#include "tests/support/temp_dir.h"
#include "tests/support/unsynced_writes.h"

namespace headroom::soak {
Subject::Subject(Disk disk, const std::map<std::string, std::string>& settings)
    : disk_(disk), settings_(settings), folder_(test::make_temp_dir("soak")) {
  std::ofstream(file("headroomd.conf")) << "# settings come from the command line\n";
  settings_.merge(std::map<std::string, std::string>{{"chat.sdk_app_id", "1400000000"},
                                                     {"scheduler.mode", "observe"},
                                                     {"admin.listen", "127.0.0.1:0"},
                                                     {"webhook.listen", "127.0.0.1:0"},
                                                     {"database.url", "sqlite:" + database()}});
  const e2e::Finished migrated = e2e::run_headroomd(arguments({"migrate", "up"}));
  if (migrated.status != 0) throw std::runtime_error("migrate up: " + migrated.err);
}

Subject::~Subject() {
  daemon_.reset();
  if (keep_) return;
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

std::vector<std::string> Subject::arguments(const std::vector<std::string>& command) const {
  std::vector<std::string> all = command;
  all.insert(all.end(), {"--config", file("headroomd.conf")});
  for (const auto& [key, value] : settings_) all.insert(all.end(), {"--" + key, value});
  return all;
}

void Subject::launch() {
  std::map<std::string, std::string> environment;
  if (disk_ != Disk::kReal) environment["HEADROOM_FAULTS"] = file("faults");
  if (disk_ == Disk::kPower) environment["HEADROOM_POWER"] = "1";
  daemon_ = std::make_unique<e2e::DaemonProcess>(arguments({"serve"}), environment);
}

void Subject::start() {
  launch();
  const std::string webhook = daemon_->listening("webhook");
  const std::string admin = daemon_->listening("admin");
  if (webhook.empty() || admin.empty()) throw std::runtime_error("the daemon does not listen: " + log());
  webhook_url_ = "http://" + webhook + "/chat/webhook";
  admin_url_ = "http://" + admin;
}

void Subject::kill() {
  daemon_->signal(SIGKILL);
  const int status = daemon_->wait();
  if (status != 128 + SIGKILL) throw std::runtime_error("it ended by itself, " + std::to_string(status) + ": " + log());
}

void Subject::fault(const std::string& line) const {
  if (!tell_faults(file("faults"), line)) throw std::runtime_error("not obeyed: " + line + "\n" + log());
}

void Subject::cut(bool all, std::uint64_t seed) {
  tell_faults(file("faults"), std::string("cut ") + (all ? "all " : "some ") + std::to_string(seed));
  const int status = daemon_->wait();
  if (status != 128 + SIGKILL) throw std::runtime_error("no power cut, " + std::to_string(status) + ": " + log());
}

void Subject::lose_unsynced() const {
  for (const std::string& name : {database(), database() + "-wal"}) test::UnsyncedWrites::lose(name);
}

std::int64_t Subject::metric(const std::string& series) const {
  const std::string text = admin("/metrics").body;
  const auto at = text.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::strtoll(text.c_str() + at + series.size() + 2, nullptr, 10);
}

}  // namespace headroom::soak
