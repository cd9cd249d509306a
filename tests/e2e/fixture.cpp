#include "tests/e2e/fixture.h"

#include <signal.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <utility>

#include "tests/support/temp_dir.h"

namespace headroom::e2e {
namespace {

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

chatsim::ChatSimOptions sim_options(std::map<std::string, int> calls_of_api) {
  chatsim::ChatSimOptions options;
  options.limits.calls_per_second = 2000;
  options.limits.calls_of_api = std::move(calls_of_api);
  return options;
}

}  // namespace

E2e::E2e(std::map<std::string, int> calls_of_api)
    : folder_(test::make_temp_dir("e2e")), sim_(sim_options(std::move(calls_of_api))) {
  sim_.start();
  write_file("secret-key", chatsim::ChatSimOptions().secret_key + "\n");
  write_file("admin-token", std::string(kToken) + "\n");
  write_file("headroomd.conf", "# settings come from the command line\n");
  settings_ = {{"chat.sdk_app_id", "1400000000"},
               {"chat.secret_key_file", file("secret-key")},
               {"chat.base_url", sim_.base_url()},
               {"chat.calls_per_second", "1000"},
               {"admin.token_file", file("admin-token")},
               {"admin.listen", "127.0.0.1:0"},
               {"webhook.listen", "127.0.0.1:0"},
               {"webhook.allow_unsigned", "true"},
               {"database.url", "sqlite:" + file("headroom.db")},
               {"scheduler.mode", "prune"},
               {"scheduler.stale_after", "0"},
               {"scheduler.tick", "50ms"},
               {"scheduler.sweep_interval", "0"},
               {"scheduler.retry_base", "200ms"},
               {"scheduler.retry_max", "1s"},
               // What waits for a day, or for a person, has tests of its own.
               {"policy.inactive_for", "30d"},
               {"policy.newcomer_grace", "7d"},
               {"policy.second_look", "0"},
               {"policy.first_share", "100%"},
               {"policy.types", "Private, Public, ChatRoom, Community"}};
}

E2e::~E2e() {
  daemon_.reset();
  sim_.stop();
  if (HasFailure()) return;  // left for whoever looks into it
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

std::string E2e::write_file(const std::string& name, const std::string& text, int mode) const {
  const std::string path = file(name);
  std::ofstream(path) << text;
  ::chmod(path.c_str(), static_cast<mode_t>(mode));
  return path;
}

std::vector<std::string> E2e::arguments(const std::vector<std::string>& command) const {
  std::vector<std::string> all = command;
  all.insert(all.end(), {"--config", file("headroomd.conf")});
  for (const auto& [key, value] : settings_) all.insert(all.end(), {"--" + key, value});
  return all;
}

void E2e::start() {
  const Finished migrated = run_headroomd(arguments({"migrate", "up"}));
  ASSERT_EQ(migrated.status, 0) << migrated.err;
  daemon_ = std::make_unique<DaemonProcess>(arguments({"serve"}));
  const std::string admin = daemon_->listening("admin");
  const std::string webhook = daemon_->listening("webhook");
  ASSERT_FALSE(admin.empty() || webhook.empty()) << daemon_->stderr_text();
  admin_url_ = "http://" + admin;
  webhook_url_ = "http://" + webhook + "/chat/webhook";
  sim_.webhooks().set_url(webhook_url_);
}

void E2e::stop() {
  daemon_->signal(SIGTERM);
  EXPECT_EQ(daemon_->wait(), 0) << daemon_->stderr_text();
}

void E2e::kill_it() {
  daemon_->signal(SIGKILL);
  EXPECT_EQ(daemon_->wait(), 128 + SIGKILL);
}

HttpAnswer E2e::send(const std::string& method, const std::string& path, const std::string& body) const {
  return send_to(admin_url_, method, path, body);
}

HttpAnswer E2e::send_to(const std::string& admin_url, const std::string& method, const std::string& path,
                        const std::string& body) {
  return http(method, admin_url + path, body, {std::string("Authorization: Bearer ") + kToken});
}

HttpAnswer E2e::get(const std::string& path) const { return send("GET", path); }

std::string E2e::state_of(const std::string& group_id) const {
  const HttpAnswer answer = group(group_id);
  if (answer.status == 404) return "unknown";
  return answer.status == 200 ? answer.json["state"].GetString() : "";
}

rapidjson::Document E2e::last_run(const std::string& group_id) const {
  HttpAnswer answer = get("/api/v1/groups/" + escaped(group_id) + "/runs?limit=1");
  rapidjson::Document run;
  if (answer.status == 200 && !answer.json["items"].Empty()) run.CopyFrom(answer.json["items"][0], run.GetAllocator());
  return run;
}

std::map<std::string, std::string> E2e::outcomes(std::int64_t run_id) const {
  std::map<std::string, std::string> result;
  const auto answer = get("/api/v1/runs/" + std::to_string(run_id) + "/members?decision=remove&limit=1000");
  EXPECT_EQ(answer.status, 200) << answer.body;
  if (answer.status != 200) return result;
  for (const auto& member : answer.json["items"].GetArray()) {
    result[member["account"].GetString()] = member["outcome"].IsNull() ? "" : member["outcome"].GetString();
  }
  return result;
}

std::map<std::string, std::string> E2e::whys(std::int64_t run_id) const {
  std::map<std::string, std::string> result;
  const auto answer = get("/api/v1/runs/" + std::to_string(run_id) + "/members?limit=1000");
  EXPECT_EQ(answer.status, 200) << answer.body;
  if (answer.status != 200) return result;
  for (const auto& member : answer.json["items"].GetArray()) {
    result[member["account"].GetString()] = member["why"].GetString();
  }
  return result;
}

std::int64_t E2e::metric(const std::string& series) const {
  const std::string text = http("GET", admin_url_ + "/metrics").body;
  const auto at = text.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::strtoll(text.c_str() + at + series.size() + 2, nullptr, 10);
}

bool E2e::eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

bool E2e::reaches(const std::string& group_id, const std::string& state) {
  return eventually([&] { return state_of(group_id) == state; });
}

rapidjson::Document E2e::finished_run(const std::string& group_id) {
  rapidjson::Document run;
  EXPECT_TRUE(eventually([&] {
    run = last_run(group_id);
    return run.IsObject() && !run["finished_at"].IsNull();
  })) << "no run was finished\n"
      << daemon_->stderr_text();
  return run;
}

chatsim::GroupSpec E2e::full_group(const std::string& id, std::int64_t seats, int active,
                                   const std::string& type) const {
  chatsim::GroupSpec spec;
  spec.id = id;
  spec.type = type;
  spec.name = "Group " + id;
  spec.max_members = seats;
  spec.next_msg_seq = 10000;
  const std::int64_t now = now_s();
  spec.members.push_back({"owner", "Owner", now - 400 * kDayS, now - 300 * kDayS, 5});
  spec.members.push_back({"admin", "Admin", now - 400 * kDayS, now - 300 * kDayS, 5});
  for (int i = 0; i < active; ++i) {
    spec.members.push_back({"active" + std::to_string(i), "Member", now - 200 * kDayS, now - kDayS, 5});
  }
  for (std::int64_t i = 0; static_cast<std::int64_t>(spec.members.size()) < seats; ++i) {
    const std::string number = (i < 10 ? "0" : "") + std::to_string(i);
    spec.members.push_back({"idle" + number, "Member", now - 300 * kDayS, now - (200 - i % 100) * kDayS, 5});
  }
  return spec;
}

void E2e::create(const chatsim::GroupSpec& spec) { ASSERT_TRUE(sim_.world().create_group(spec)); }

void E2e::knock(const std::string& group_id) {
  sim_.world().join(group_id, "knocker" + std::to_string(knocks_++));
  ASSERT_TRUE(sim_.webhooks().flush());
}

bool E2e::logged(const std::string& text) const {
  return eventually([&] { return daemon_->stderr_text().find(text) != std::string::npos; });
}

std::set<std::string> E2e::removed(const std::string& group_id) {
  std::set<std::string> accounts;
  for (const auto& entry : sim_.ledger()) {
    if (entry.change == chatsim::Change::kRemovedByRest && entry.group_id == group_id) {
      accounts.insert(entry.accounts.begin(), entry.accounts.end());
    }
  }
  return accounts;
}

std::int64_t E2e::members_of(const std::string& group_id) { return sim_.world().group(group_id)->member_num; }

}  // namespace headroom::e2e
