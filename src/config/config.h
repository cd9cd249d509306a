#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/log_kind.h"
#include "config/problem.h"
#include "config/secrets.h"
#include "config/values.h"
#include "headroom/calendar.h"
#include "headroom/control.h"
#include "headroom/policy.h"
#include "headroom/raise.h"
#include "headroom/types.h"

namespace headroom {

struct ChatConfig {
  std::uint32_t sdk_app_id = 0;  // 0: not set
  std::string admin_identifier = "administrator";
  std::string secret_key_file;       // empty: not set
  std::optional<Secret> secret_key;  // absent only where ConfigNeeds or the mode do not ask for it
  std::string region = "china";
  std::string base_url;  // as configured, else the region's; no slash at the end
  DurationMs request_timeout = 5 * kSecondMs;
  int calls_per_second = 100;
  int delete_batch = 20;
  int add_batch = 20;
  int member_page = 100;
  bool operator==(const ChatConfig&) const = default;
};

struct WebhookConfig {
  HostPort listen{"127.0.0.1", 8080};
  std::string path = "/chat/webhook";
  std::string token_file;
  std::vector<Secret> tokens;                       // one, or two while it is being changed; empty: nothing is signed
  bool allow_unsigned = false;                      // approve and prune without tokens and allow_from
  DurationMs request_time_window = 60 * kSecondMs;  // 0: not checked
  std::vector<std::string> allow_from;              // CIDRs; empty: everybody
  std::vector<std::string> trusted_proxies{"127.0.0.0/8", "::1"};
  std::int64_t max_body = 1024 * 1024;  // bytes
  int threads = 1;
  int max_connections = 4096;
  std::int64_t queue = 10000;
  std::int64_t max_unconfirmed_groups = 100000;
  bool operator==(const WebhookConfig&) const = default;
};

struct AdminConfig {
  HostPort listen{"127.0.0.1", 8081};
  std::string token_file;
  std::vector<AdminToken> tokens;  // empty: /api/v1 answers 401
  bool operator==(const AdminConfig&) const = default;
};

struct DatabaseConfig {
  DatabaseUrl url{"/var/lib/headroom/headroom.db", {}};
  std::string password_file;
  std::optional<Secret> password;
  bool auto_migrate = false;
  DurationMs commit_deadline = 400;  // as what follows, of a server
  bool require_synchronous = false;

  bool on_server() const { return !url.server.empty(); }
  const std::string& path() const { return url.path; }
  bool operator==(const DatabaseConfig&) const = default;
};

// What a node keeps for itself while its database server does not answer.
struct SpoolConfig {
  std::string path = "/var/lib/headroom/spool.db";
  std::int64_t max = 1000000;  // events
  bool operator==(const SpoolConfig&) const = default;
};

struct NodeConfig {
  std::string name;  // empty: the machine's
  bool operator==(const NodeConfig&) const = default;
};

// What holds where nobody configures anything; a Policy by itself has the rules that came later off.
inline Policy default_policy() {
  Policy policy;
  policy.inactive_for = 90 * kDayMs;
  policy.newcomer_grace = 14 * kDayMs;
  policy.second_look = kDayMs;
  policy.first_share = Share::percent(50);
  policy.scope.types = {};
  policy.scope.types.add(GroupType::kPrivate);
  policy.scope.types.add(GroupType::kPublic);
  return policy;
}

// A value and how it is written in the file.
template <typename Value>
struct Written {
  std::string text;
  Value value;
  bool operator==(const Written&) const = default;
};

struct CalendarConfig {
  Written<ZoneRules> time_zone{"UTC", {}};
  Written<std::vector<WeekSpan>> hours;  // empty: always
  Written<std::vector<Freeze>> freeze;
  Calendar calendar() const { return {time_zone.value, hours.value, freeze.value}; }
  bool operator==(const CalendarConfig&) const = default;
};

// The same of raising limits.
inline CapacityRules default_capacity() {
  CapacityRules rules;
  rules.mode = CapacityMode::kSuggest;
  return rules;
}

struct SchedulerConfig {
  SchedulerMode mode = SchedulerMode::kPlan;
  DurationMs stale_after = 10 * kMinuteMs;
  DurationMs tick = kSecondMs;
  DurationMs cooldown = kHourMs;
  DurationMs cooldown_max = 7 * kDayMs;  // 0: never doubled
  int concurrency = 8;
  DurationMs retry_base = 30 * kSecondMs;
  DurationMs retry_max = kHourMs;
  DurationMs approval_ttl = kDayMs;
  DurationMs sweep_interval = kDayMs;  // 0: off
  DurationMs lease = 30 * kSecondMs;
  bool operator==(const SchedulerConfig&) const = default;
};

struct RetentionConfig {
  DurationMs events = 90 * kDayMs;        // 0: for ever
  DurationMs kept_members = 30 * kDayMs;  // 0: for ever
  std::int64_t kept_members_up_to = 1000;
  bool operator==(const RetentionConfig&) const = default;
};

struct LogConfig {
  LogFormat format = LogFormat::kText;
  LogLevel level = LogLevel::kInfo;
  bool operator==(const LogConfig&) const = default;
};

inline constexpr const char* kDefaultConfigFile = "/etc/headroom/headroomd.conf";

// What a subcommand can not do without. Secret files are opened only when they are asked for: a backup needs none.
struct ConfigNeeds {
  bool sdk_app_id = true;
  bool secrets = true;             // all three; the key is required unless scheduler.mode=observe
  bool secret_key_always = false;  // ... in that mode, too
  bool database = true;            // the password of a database server, where it has one
  bool server_always = false;      // ... whichever database is configured
  bool missing_is_error = false;   // a secret that is not there is missing, not out of sight of who runs this
  bool operator==(const ConfigNeeds&) const = default;
};

// Where values come from, weakest first.
struct ConfigSources {
  std::string credentials_directory;                              // empty: none
  std::vector<std::string> credential_stores;                     // what stands in for it outside of the service
  std::string file = kDefaultConfigFile;                          // a missing one is an error
  std::map<std::string, std::string> environment;                 // all of it; only HEADROOM_* is looked at
  std::vector<std::pair<std::string, std::string>> command_line;  // key, value; a repeated key is an error
  ConfigNeeds needs;
  bool operator==(const ConfigSources&) const = default;
};

struct Config {
  ChatConfig chat;
  WebhookConfig webhook;
  AdminConfig admin;
  DatabaseConfig database;
  SpoolConfig spool;
  NodeConfig node;
  SchedulerConfig scheduler;
  Policy policy = default_policy();
  CalendarConfig calendar;
  CapacityRules capacity = default_capacity();
  RetentionConfig retention;
  LogConfig log;
  ConfigSources sources;  // to read it again on SIGHUP: load_config(config.sources)
  bool operator==(const Config&) const = default;
};

struct ConfigResult {
  Config config;                      // only of use without errors
  std::vector<ConfigProblem> errors;  // every one that was found
  std::vector<ConfigProblem> warnings;
  bool ok() const { return errors.empty(); }
};

}  // namespace headroom
