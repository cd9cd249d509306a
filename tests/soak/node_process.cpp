#include "tests/soak/node_process.h"

#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace headroom::soak {

NodeProcess::NodeProcess(std::string name, std::string folder, Settings settings, const std::string& socket_path,
                         const std::string& database)
    : name_(std::move(name)), folder_(std::move(folder)), settings_(std::move(settings)), relay_(socket_path) {
  settings_["node.name"] = name_;
  settings_["chat.admin_identifier"] = name_;
  settings_["spool.path"] = folder_ + "/" + name_ + "-spool.db";
  settings_["database.url"] = "postgresql://headroom@127.0.0.1:" + std::to_string(relay_.port()) + "/" + database;
}

std::vector<std::string> NodeProcess::arguments(const std::vector<std::string>& command) const {
  std::vector<std::string> all = command;
  all.insert(all.end(), {"--config", folder_ + "/headroomd.conf"});
  for (const auto& [key, value] : settings_) all.insert(all.end(), {"--" + key, value});
  return all;
}

void NodeProcess::start() {
  process_ = std::make_unique<e2e::DaemonProcess>(arguments({"serve"}));
  const std::string admin = process_->listening("admin");
  const std::string webhook = process_->listening("webhook");
  if (admin.empty() || webhook.empty()) throw std::runtime_error(name_ + " does not listen");
  admin_url_ = "http://" + admin;
  const std::lock_guard lock(mutex_);
  webhook_url_ = "http://" + webhook + "/chat/webhook";
  ++disturbances_;
}

void NodeProcess::kill() {
  disturb();
  process_->signal(SIGKILL);
  end(128 + SIGKILL);
}

void NodeProcess::stop() {
  disturb();
  process_->signal(SIGTERM);
  end(0);
}

void NodeProcess::end(int expected) {
  const int status = process_->wait();
  frozen_until_ = Time{};
  write_log();
  const std::lock_guard lock(mutex_);
  webhook_url_.clear();
  if (status != expected) throw std::runtime_error(name_ + " ended with " + std::to_string(status));
}

void NodeProcess::freeze(std::chrono::milliseconds how_long) {
  disturb();
  process_->signal(SIGSTOP);
  frozen_until_ = std::chrono::steady_clock::now() + how_long;
}

void NodeProcess::cut_off(std::chrono::milliseconds how_long) {
  relay_.fall_silent();
  cut_until_ = std::chrono::steady_clock::now() + how_long;
}

void NodeProcess::thaw(bool carry, bool at_once) {
  const Time now = std::chrono::steady_clock::now();
  if (is_frozen() && (at_once || now >= frozen_until_)) {
    frozen_until_ = Time{};
    process_->signal(SIGCONT);
    ++disturbances_;
  }
  if (is_cut_off() && (at_once || now >= cut_until_)) {
    cut_until_ = Time{};
    relay_.speak_again(carry);
  }
}

void NodeProcess::disturb() {
  if (disturbances_ % 2 == 0) ++disturbances_;
}

void NodeProcess::write_log() {
  if (process_) std::ofstream(folder_ + "/" + name_ + ".log", std::ios::app) << process_->stderr_text() << "\n";
}

std::string NodeProcess::webhook_url() const {
  const std::lock_guard lock(mutex_);
  return webhook_url_;
}

e2e::HttpAnswer NodeProcess::get(const std::string& path) const {
  return e2e::http("GET", admin_url_ + path, "", {"Authorization: Bearer 0123456789abcdef0123456789abcdef"});
}

std::int64_t NodeProcess::metric(const std::string& series) const {
  const std::string text = get("/metrics").body;
  const auto at = text.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::strtoll(text.c_str() + at + series.size() + 2, nullptr, 10);
}

}  // namespace headroom::soak
