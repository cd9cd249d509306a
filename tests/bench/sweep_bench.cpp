// Sweeps an app of a million groups: headroomd, a process of its own and otherwise idle, against the simulator over
// real sockets. Chat takes 40 ms for each look and refuses more than 100 in a second. Prints the time, the calls, and
// the daemon's peak memory, which must not follow the number of groups. Another number of groups: the one argument.

#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "simulator/chatsim.h"
#include "tests/support/daemon_process.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_dir.h"

namespace headroom::e2e {
namespace {

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";
constexpr auto kLongest = std::chrono::minutes(20);

chatsim::ChatSimOptions sim_options() {
  chatsim::ChatSimOptions options;
  options.limits.calls_per_second = 100;
  options.kept_calls = 100;
  return options;
}

void fill(chatsim::ChatSim& sim, std::uint64_t groups) {
  sim.world().add_range({"work-", "Private", groups / 5, 100, 200});
  sim.world().add_range({"public-", "Public", groups * 2 / 5, 100, 500});
  sim.world().add_range({"meeting-", "ChatRoom", groups * 3 / 10, 100, 2000});
  sim.world().add_range({"town-", "Community", groups / 10, 100, 100000});
  sim.faults().add("get_group_info", chatsim::Fault::stall_before(40).for_ever());
}

std::string write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), 0600);
  return path.string();
}

std::vector<std::string> settings(const std::filesystem::path& folder, const std::string& chat) {
  return {"--config",
          write_file(folder / "headroomd.conf", ""),
          "--chat.sdk_app_id",
          "1400000000",
          "--chat.secret_key_file",
          write_file(folder / "secret-key", chatsim::ChatSimOptions().secret_key),
          "--chat.base_url",
          chat,
          "--admin.token_file",
          write_file(folder / "admin-token", kToken),
          "--admin.listen",
          "127.0.0.1:0",
          "--webhook.listen",
          "127.0.0.1:0",
          "--database.url",
          "sqlite:" + (folder / "headroom.db").string(),
          "--scheduler.sweep_interval",
          "0"};
}

long peak_kib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

// Waits for the end of the newest sweep; null when that takes too long.
rapidjson::Document finished_sweep(const std::string& url) {
  rapidjson::Document sweep;
  for (const auto until = std::chrono::steady_clock::now() + kLongest; std::chrono::steady_clock::now() < until;) {
    HttpAnswer answer = http("GET", url + "?limit=1", "", {std::string("Authorization: Bearer ") + kToken});
    if (answer.status == 200 && answer.json["items"][0]["state"] != "running") {
      sweep.CopyFrom(answer.json["items"][0], sweep.GetAllocator());
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return sweep;
}

int bench(std::uint64_t groups) {
  const test::TempDir folder("bench");
  chatsim::ChatSim sim(sim_options());
  fill(sim, groups);
  sim.start();
  const auto arguments = settings(folder.path(), sim.base_url());
  const auto with = [&](std::vector<std::string> command) {
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
  };
  if (const Finished migrated = run_headroomd(with({"migrate", "up"})); migrated.status != 0) {
    std::fputs(migrated.err.c_str(), stderr);
    return 1;
  }
  DaemonProcess daemon(with({"serve"}));
  const std::string url = "http://" + daemon.listening("admin") + "/api/v1/sweeps";
  const long idle_kib = peak_kib(daemon.pid());
  const auto start = std::chrono::steady_clock::now();
  if (http("POST", url, "{}", {std::string("Authorization: Bearer ") + kToken}).status != 202) return 1;
  const auto sweep = finished_sweep(url);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!sweep.IsObject() || sweep["state"] != "finished") {
    std::fputs(daemon.stderr_text().c_str(), stderr);
    return 1;
  }
  std::printf(
      "| groups | read | full | recorded | seconds | get_group_info | get_appid_group_list | peak RSS MiB | of it idle "
      "|\n");
  std::printf("|---|---|---|---|---|---|---|---|---|\n");
  std::printf("| %ld | %ld | %ld | %ld | %.0f | %lu | %lu | %.1f | %.1f |\n", sweep["groups_listed"].GetInt64(),
              sweep["groups_read"].GetInt64(), sweep["groups_full"].GetInt64(), sweep["groups_new"].GetInt64(), seconds,
              sim.call_count("get_group_info"), sim.call_count("get_appid_group_list"),
              static_cast<double>(peak_kib(daemon.pid())) / 1024, static_cast<double>(idle_kib) / 1024);
  daemon.signal(SIGTERM);
  daemon.wait();
  sim.stop();
  return 0;
}

}  // namespace
}  // namespace headroom::e2e

int main(int argc, char** argv) {
  return headroom::e2e::bench(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000000);
}
