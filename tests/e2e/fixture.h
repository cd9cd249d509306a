#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "simulator/chatsim.h"
#include "tests/support/daemon_process.h"
#include "tests/support/http_client.h"

namespace headroom::e2e {

inline constexpr std::int64_t kDayS = 86400;

// A simulator, and a daemon of its own with an own database, in a temporary folder that goes with the test.
class E2e : public testing::Test {
 protected:
  // `calls_of_api`: how many calls of which API Chat takes a second.
  explicit E2e(std::map<std::string, int> calls_of_api = {});
  ~E2e() override;

  // Settings over the fixture's short durations, before start().
  void set(const std::string& key, const std::string& value) { settings_[key] = value; }
  // Migrates (the first time) and starts the daemon, and points the simulator's webhooks to it.
  void start();
  void stop();     // SIGTERM; expects status 0
  void kill_it();  // SIGKILL

  std::vector<std::string> arguments(const std::vector<std::string>& command) const;
  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  std::string write_file(const std::string& name, const std::string& text, int mode = 0600) const;

  HttpAnswer get(const std::string& path) const;
  HttpAnswer send(const std::string& method, const std::string& path, const std::string& body = "") const;
  // To another daemon; from any thread.
  static HttpAnswer send_to(const std::string& admin_url, const std::string& method, const std::string& path,
                            const std::string& body = "");
  HttpAnswer group(const std::string& group_id) const { return get("/api/v1/groups/" + escaped(group_id)); }
  std::string state_of(const std::string& group_id) const;
  // The newest run of the group, null when there is none.
  rapidjson::Document last_run(const std::string& group_id) const;
  // account → outcome (or "" for none) of the run's selected members.
  std::map<std::string, std::string> outcomes(std::int64_t run_id) const;
  // account → why of all its members.
  std::map<std::string, std::string> whys(std::int64_t run_id) const;
  std::int64_t metric(const std::string& series) const;

  // True as soon as `condition` is; false after 20 s.
  static bool eventually(const std::function<bool()>& condition);
  bool reaches(const std::string& group_id, const std::string& state);
  // Waits for a finished run of the group and returns it.
  rapidjson::Document finished_run(const std::string& group_id);

  // A full group: an owner, an admin, `active` who spoke yesterday, and as many inactive ones ("idle00", the longest
  // silent first) as there are seats left.
  chatsim::GroupSpec full_group(const std::string& id, std::int64_t seats, int active = 2,
                                const std::string& type = "Public") const;
  void create(const chatsim::GroupSpec& spec);
  // Somebody wants to join: the refusal fires the webhook.
  void knock(const std::string& group_id);
  // The log says so now, or soon: what the API shows may be written down a moment later.
  bool logged(const std::string& text) const;
  // Who was removed through the REST API, by the simulator's own ledger.
  std::set<std::string> removed(const std::string& group_id);
  std::int64_t members_of(const std::string& group_id);
  std::int64_t now_s() const { return sim_.world().now_ms() / 1000; }

  std::filesystem::path folder_;
  mutable chatsim::ChatSim sim_;
  std::map<std::string, std::string> settings_;
  std::unique_ptr<DaemonProcess> daemon_;
  std::string admin_url_;
  std::string webhook_url_;
  int knocks_ = 0;
};

}  // namespace headroom::e2e
