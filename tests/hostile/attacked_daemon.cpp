#include "tests/hostile/attacked_daemon.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/temp_dir.h"

namespace headroom::hostile {
namespace {

constexpr double kHonestMs = 500;
constexpr std::chrono::milliseconds kLookAgain{10};

std::uint16_t port_of(const std::string& address) {
  return static_cast<std::uint16_t>(std::strtoul(address.c_str() + address.rfind(':') + 1, nullptr, 10));
}

// As many descriptors as the machine allows: a crowd needs them here, too.
void raise_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

AttackedDaemon::AttackedDaemon() : folder_(test::make_temp_dir("hostile")) {
  raise_descriptors();
  settings_ = {{"chat.sdk_app_id", "1400000000"},
               {"scheduler.mode", "observe"},
               {"admin.listen", "127.0.0.1:0"},
               {"webhook.listen", "127.0.0.1:0"},
               {"database.url", "sqlite:" + (folder_ / "headroom.db").string()},
               {"database.auto_migrate", "true"}};
}

AttackedDaemon::~AttackedDaemon() {
  daemon_.reset();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

std::string AttackedDaemon::write_file(const std::string& name, const std::string& text) const {
  const std::string path = (folder_ / name).string();
  std::ofstream(path) << text;
  ::chmod(path.c_str(), 0600);
  return path;
}

void AttackedDaemon::start(const std::map<std::string, std::string>& env) {
  std::vector<std::string> arguments = {"serve", "--config", write_file("headroomd.conf", "")};
  for (const auto& [key, value] : settings_) arguments.insert(arguments.end(), {"--" + key, value});
  daemon_ = std::make_unique<e2e::DaemonProcess>(arguments, env);
  port_ = port_of(daemon_->listening("webhook"));
  admin_port_ = port_of(daemon_->listening("admin"));
  ASSERT_NE(port_, 0) << daemon_->stderr_text();
  ASSERT_NE(admin_port_, 0) << daemon_->stderr_text();
}

std::int64_t AttackedDaemon::rss_kib() const {
  std::ifstream status("/proc/" + std::to_string(daemon_->pid()) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtoll(line.c_str() + 6, nullptr, 10);
  }
  return -1;
}

std::int64_t AttackedDaemon::cpu_ms() const {
  std::ifstream file("/proc/" + std::to_string(daemon_->pid()) + "/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  std::int64_t user = 0;
  std::int64_t system = 0;
  fields >> user >> system;
  return (user + system) * 1000 / ::sysconf(_SC_CLK_TCK);
}

std::int64_t AttackedDaemon::metric(const std::string& series) const {
  const auto answer = http::RawClient(admin_port_).ask(http::get("/metrics"));
  if (!answer) return -1;
  const auto at = answer->body.find("\n" + series + " ");
  return at == std::string::npos
             ? -1
             : static_cast<std::int64_t>(std::strtod(answer->body.c_str() + at + series.size() + 2, nullptr));
}

std::vector<std::unique_ptr<http::RawClient>> AttackedDaemon::connect(int count, int receive_buffer) const {
  return connect_to(port_, count, receive_buffer);
}

std::vector<std::unique_ptr<http::RawClient>> AttackedDaemon::connect_to(std::uint16_t port, int count,
                                                                         int receive_buffer) const {
  std::vector<std::unique_ptr<http::RawClient>> clients;
  for (int i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<http::RawClient>(port, receive_buffer));
    if (!clients.back()->connected()) clients.pop_back();
  }
  return clients;
}

void AttackedDaemon::expect_unharmed(HonestClient& honest) {
  EXPECT_TRUE(honest.wait_for_answers(5));
  const auto report = honest.stop();
  std::cout << report << "; RSS " << rss_kib() / 1024 << " MiB\n";
  EXPECT_EQ(report.failed, 0) << report;
  EXPECT_LT(report.worst_ms(), kHonestMs) << report;

  HonestClient after(port_, HonestClient::Connections::kInTurn);
  EXPECT_TRUE(after.wait_for_answers(10));
  EXPECT_EQ(after.stop().failed, 0) << after.stop();
  const auto ready = http::RawClient(admin_port_).ask(http::get("/readyz"));
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->status, 200) << ready->body;
  daemon_->signal(SIGTERM);
  EXPECT_EQ(daemon_->wait(), 0) << daemon_->stderr_text();
}

bool AttackedDaemon::eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + http::RawClient::kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(kLookAgain);
  }
  return true;
}

}  // namespace headroom::hostile
