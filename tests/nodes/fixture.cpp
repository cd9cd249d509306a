#include "tests/nodes/fixture.h"

#include <signal.h>

#include <thread>

namespace headroom::e2e {
namespace {

constexpr std::chrono::seconds kLongest{60};

}  // namespace

Nodes::Nodes() {
  set("database.url", database_.url());
  set("scheduler.lease", "10s");
  set("chat.request_timeout", "3001ms");  // with five seconds the drain of a leader that died
}

Nodes::~Nodes() { nodes_.clear(); }

void Nodes::start_node(const std::string& name) {
  set("node.name", name);
  set("spool.path", file(name + "-spool.db"));
  if (!migrated_) {
    const Finished done = run_headroomd(arguments({"migrate", "up"}));
    ASSERT_EQ(done.status, 0) << done.err;
    migrated_ = true;
  }
  Node& node = nodes_[name];
  node.process = std::make_unique<DaemonProcess>(arguments({"serve"}));
  const std::string admin = node.process->listening("admin");
  const std::string webhook = node.process->listening("webhook");
  ASSERT_FALSE(admin.empty() || webhook.empty()) << node.process->stderr_text();
  node.admin_url = "http://" + admin;
  node.webhook_url = "http://" + webhook + "/chat/webhook";
  use(name);
}

void Nodes::use(const std::string& name) {
  const Node& node = nodes_.at(name);
  admin_url_ = node.admin_url;
  webhook_url_ = node.webhook_url;
  sim_.webhooks().set_url(webhook_url_);
}

void Nodes::kill_node(const std::string& name) {
  nodes_.at(name).process->signal(SIGKILL);
  EXPECT_EQ(nodes_.at(name).process->wait(), 128 + SIGKILL);
}

int Nodes::stop_node(const std::string& name) {
  nodes_.at(name).process->signal(SIGTERM);
  return nodes_.at(name).process->wait();
}

bool Nodes::in_time(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kLongest;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

std::optional<std::string> Nodes::leader() {
  for (const auto& [name, node] : nodes_) {
    if (node.process->running() && metric_of(name, "headroom_leader") == 1) return name;
  }
  return std::nullopt;
}

std::int64_t Nodes::metric_of(const std::string& name, const std::string& series) {
  const std::string in_use = std::exchange(admin_url_, nodes_.at(name).admin_url);
  const std::int64_t value = metric(series);
  admin_url_ = in_use;
  return value;
}

std::size_t Nodes::events_of(const std::string& group_id) {
  // Not by the group, which is forgotten when Chat does not know it.
  HttpAnswer answer;
  // While the lead moves on a busy machine a node may say that the database did not answer it in time.
  EXPECT_TRUE(in_time([&] {
    answer = get("/api/v1/events?limit=1000&group_id=" + escaped(group_id));
    return answer.status != 503;
  }));
  EXPECT_EQ(answer.status, 200) << answer.body;
  return answer.status == 200 ? answer.json["items"].Size() : 0;
}

void Nodes::leads() {
  start_node("a");
  ASSERT_TRUE(in_time([&] { return leader() == "a"; }));
}

std::unique_ptr<postgres::Connection> Nodes::stranger(const std::string& sql) const {
  auto held = std::make_unique<postgres::Connection>(postgres::Connection::Options{.url = database_.url()});
  held->script("SET idle_in_transaction_session_timeout = 0");
  held->begin("BEGIN");
  held->script(sql);
  return held;
}

double Nodes::seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

std::pair<int, double> Nodes::webhook(const std::string& group_id) {
  const std::string body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":")" + group_id +
                           R"(","EventTime":)" + std::to_string(now_s() * 1000 + ++webhooks_) + "}";
  const std::string url = webhook_url_ + "?SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json";
  const auto began = std::chrono::steady_clock::now();
  const HttpAnswer answer = http("POST", url, body, {"Content-Type: application/json"});
  return {answer.status, seconds_since(began)};
}

}  // namespace headroom::e2e
