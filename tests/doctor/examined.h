#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "config/load.h"
#include "daemon/system_clock.h"
#include "doctor/doctor.h"
#include "simulator/chatsim.h"
#include "sqlite/upkeep/migrator.h"
#include "tests/config/config_files.h"

namespace headroom::doctor {

// A configuration in which everything is in order: a simulator of Chat, a database, secrets. A test breaks one thing.
class Examined : public testing::Test {
 protected:
  static constexpr char kKey[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  static constexpr char kToken[] = "webhook-token-of-this-test";

  Examined() : chat(chatsim::ChatSimOptions{}), around(machine(clock)) {
    chat.start();
    set("chat.sdk_app_id", "1400000000");
    set("chat.base_url", chat.base_url());
    set("chat.secret_key_file", files.write("key", kKey));
    set("webhook.token_file", files.write("token", kToken));
    set("admin.token_file", files.write("admin", "0123456789abcdef0123456789abcdef"));
    set("admin.listen", "127.0.0.1:1");  // where nobody listens
    set("database.url", "sqlite:" + database);
    Migrator(database).up({.sdk_app_id = 1400000000, .now = 1});
    around.disk_space = [](const std::string&) { return disk(1000, 500); };
    around.ask_systemd = [](const std::string&, DurationMs) { return UnitFacts{}; };
  }

  void set(const std::string& key, const std::string& value) { settings[key] = value; }
  void unset(const std::string& key) { settings.erase(key); }

  static DiskSpace disk(std::int64_t total_gib, std::int64_t free_gib) {
    constexpr std::int64_t kGiB = 1024LL * 1024 * 1024;
    return {.error = {},
            .total_bytes = total_gib * kGiB,
            .free_bytes = free_gib * kGiB,
            .total_files = 10,
            .free_files = 5};
  }

  ConfigResult load() const {
    ConfigSources sources;
    sources.file = config_file.empty() ? files.write("headroomd.conf", "") : config_file;
    sources.credential_stores = {files.path("credstore")};
    sources.command_line.assign(settings.begin(), settings.end());
    sources.needs.missing_is_error = true;
    return load_config(sources);
  }

  // All findings by the check's name; the order and the names are the contract's.
  std::map<std::string, Finding> all() { return examine_with(load()); }
  Finding look(const std::string& check) {
    request.only = {check};
    auto found = examine_with(load());
    EXPECT_THAT(found, testing::SizeIs(1));
    return found[check];
  }
  std::map<std::string, Finding> examine_with(const ConfigResult& config) {
    std::map<std::string, Finding> found;
    examine(config, request, around, [&](const CheckResult& result) {
      found[std::string(result.name)] = result.finding;
      const Finding& finding = result.finding;
      const bool is_bad = finding.status == CheckStatus::kFailed || finding.status == CheckStatus::kWarning;
      EXPECT_FALSE(is_bad && finding.remedy.empty()) << result.name << " says nothing of what to do";
      EXPECT_FALSE(finding.detail.empty()) << result.name;
      const std::string text = finding.detail + finding.remedy;
      EXPECT_THAT(text, testing::Not(testing::HasSubstr(kKey)));
      EXPECT_THAT(text, testing::Not(testing::HasSubstr(kToken)));
    });
    return found;
  }

  ConfigFiles files;
  const std::string database = files.path("headroom.db");
  std::string config_file;  // empty: an empty one
  std::map<std::string, std::string> settings;
  SystemClock clock;
  chatsim::ChatSim chat;
  Surroundings around;
  Request request;
};

MATCHER_P(IsStatus, status, std::string("is ") + std::string(name_of(status))) {
  *result_listener << name_of(arg.status) << ": " << arg.detail << " -> " << arg.remedy;
  return arg.status == status;
}
inline auto InOrder() { return IsStatus(CheckStatus::kOk); }
inline auto NotSeen() { return IsStatus(CheckStatus::kSkipped); }
inline auto Warned() { return IsStatus(CheckStatus::kWarning); }
inline auto HasFailed() { return IsStatus(CheckStatus::kFailed); }

}  // namespace headroom::doctor
