#include "config/keys.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "config/kinds.h"
#include "config/regions.h"
#include "config/zones.h"

namespace headroom {
namespace {

using namespace config_kind;

bool is_identifier(std::string_view value) { return !value.empty() && value.size() <= 128 && is_plain_text(value); }
bool is_file_path(std::string_view value) { return !value.empty() && value.size() <= 4000 && is_plain_text(value); }
bool is_reason(std::string_view value) { return value.size() <= 256 && is_plain_text(value); }

bool is_url_path(std::string_view value) {
  return value.starts_with('/') && value.size() <= 1000 && std::all_of(value.begin(), value.end(), [](char c) {
           return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '%' && c != '\\';
         });
}

Words<std::string> regions() {
  Words<std::string> words;
  for (const std::string_view name : region_names()) words.emplace_back(name, name);
  return words;
}

constexpr DurationMs kMaxAge = 3650 * kDayMs;  // 10 y
constexpr std::int64_t kBillion = 1000000000;

// The place of a key's value, in a Config or a const Config.
// NOLINTBEGIN(bugprone-macro-parentheses): a member's name
#define FIELD(place) \
  [](auto& config) -> auto& { return config.place; }
// NOLINTEND(bugprone-macro-parentheses)

ConfigKey row(std::string_view name, std::string_view fallback, Kind kind_of_value, std::string_view allowed,
              std::string_view meaning) {
  return {name,
          fallback,
          allowed,
          meaning,
          std::move(kind_of_value.assign),
          std::move(kind_of_value.show),
          std::move(kind_of_value.hint)};
}

std::vector<ConfigKey> chat_keys() {
  return {
      row("chat.sdk_app_id", "", integer(FIELD(chat.sdk_app_id), 1, std::numeric_limits<std::uint32_t>::max()),
          "1..4294967295", "The app; webhooks of any other app are refused. Required."),
      row("chat.admin_identifier", "administrator", text(FIELD(chat.admin_identifier), is_identifier),
          "1 to 128 bytes without control characters", "The app admin account that REST calls are signed for."),
      row("chat.secret_key_file", "", text(FIELD(chat.secret_key_file), is_file_path), "a path",
          "File with the key for UserSig (credential chat-secret-key); required unless scheduler.mode=observe."),
      row("chat.region", "china", word(FIELD(chat.region), regions()),
          "china singapore seoul tokyo frankfurt silicon-valley jakarta riyadh",
          "Data centre of the app: decides the domain of the REST API."),
      row("chat.base_url", "",
          with_hint(kind(FIELD(chat.base_url), parse_base_url, [](const std::string& url) { return url; }),
                    base_url_hint),
          "https://HOST[:PORT], or http:// to a loopback address", "Overrides the domain of chat.region."),
      row("chat.request_timeout", "5s", duration(FIELD(chat.request_timeout), 3 * kSecondMs + 1, kMinuteMs),
          "more than 3s, up to 60s", "How long a REST call may take; Chat itself gives up after 3 s."),
      row("chat.calls_per_second", "100", integer(FIELD(chat.calls_per_second), 1, 2000), "1..2000",
          "Most calls per second of each API; Chat allows 200 unless the app's limit was raised."),
      row("chat.delete_batch", "20", integer(FIELD(chat.delete_batch), 1, 100), "1..100", "Accounts per delete call."),
      row("chat.add_batch", "20", integer(FIELD(chat.add_batch), 1, 300), "1..300", "Accounts per add call."),
      row("chat.member_page", "100", integer(FIELD(chat.member_page), 1, 200), "1..200",
          "Members per page of a listing."),
  };
}

std::vector<ConfigKey> webhook_keys() {
  return {
      row("webhook.listen", "127.0.0.1:8080", address(FIELD(webhook.listen)), "HOST:PORT or [v6]:PORT",
          "Where webhooks are taken; port 0 is any free one. The public face is nginx."),
      row("webhook.path", "/chat/webhook", text(FIELD(webhook.path), is_url_path),
          "a path that starts with / and has no space, %, ? or #", "Path of the callback URL."),
      row("webhook.token_file", "", text(FIELD(webhook.token_file), is_file_path), "a path",
          "File with the callback token, or with two lines while it is being changed (credential webhook-token); when "
          "set, Sign and RequestTime are required."),
      row("webhook.allow_unsigned", "false", flag(FIELD(webhook.allow_unsigned)), "true false",
          "Without a token and without webhook.allow_from the modes approve and prune start only with true."),
      row("webhook.request_time_window", "60s", duration(FIELD(webhook.request_time_window), 0, kDayMs), "0..1d",
          "Allowed distance of RequestTime from now; 0 = not checked."),
      row("webhook.allow_from", "", cidrs(FIELD(webhook.allow_from)), "addresses and CIDRs, comma separated",
          "When set, other peers get 403."),
      row("webhook.trusted_proxies", "127.0.0.0/8, ::1", cidrs(FIELD(webhook.trusted_proxies)),
          "addresses and CIDRs, comma separated", "Peers whose X-Forwarded-For is believed."),
      row("webhook.max_body", "1MiB", size(FIELD(webhook.max_body), 1024, 8 * 1024 * 1024), "1KiB..8MiB",
          "Largest body that is taken; the webhook of a destroyed group lists every member."),
      row("webhook.threads", "1", integer(FIELD(webhook.threads), 1, 16), "1..16", "I/O threads."),
      row("webhook.max_connections", "4096", integer(FIELD(webhook.max_connections), 16, 65536), "16..65536",
          "Further connections are closed at once and counted."),
      row("webhook.queue", "10000", integer(FIELD(webhook.queue), 16, 1000000), "16..1000000",
          "Events that may wait for the disk; then 503."),
      row("webhook.max_unconfirmed_groups", "100000", integer(FIELD(webhook.max_unconfirmed_groups), 1, kBillion),
          "1..1000000000", "Groups that only webhooks know; the oldest gives way."),
      row("admin.listen", "127.0.0.1:8081", address(FIELD(admin.listen)), "HOST:PORT or [v6]:PORT",
          "Where the admin API and the metrics are served."),
      row("admin.token_file", "", text(FIELD(admin.token_file), is_file_path), "a path",
          "File with one token, or lines name:role:token with role viewer or operator (credential admin-token); "
          "without it /api/v1 answers 401."),
      row("database.url", "sqlite:/var/lib/headroom/headroom.db",
          with_hint(kind(FIELD(database.url), parse_database_url, format_database_url), database_url_hint),
          "sqlite:PATH or postgresql://[USER@]HOST[:PORT][,…]/NAME[?PARAMETERS], without a password",
          "The database: a file, or a server (PostgreSQL 14 to 17) that several nodes share."),
      row("database.password_file", "", text(FIELD(database.password_file), is_file_path), "a path",
          "File with the server's password (credential database-password); it is read again with each new connection."),
      row("database.auto_migrate", "false", flag(FIELD(database.auto_migrate)), "true false",
          "Whether serve brings the schema up to date itself."),
      row("database.commit_deadline", "400ms", duration(FIELD(database.commit_deadline), 50, 1200), "50ms..1200ms",
          "On a server: events that it has not stored by then go into the spool, and are answered from there."),
      row("database.require_synchronous", "false", flag(FIELD(database.require_synchronous)), "true false",
          "On a server: whether members are removed only while a standby confirms each commit."),
      row("spool.path", "/var/lib/headroom/spool.db", text(FIELD(spool.path), is_file_path), "a path",
          "On a server: the file in which this node keeps events while the server does not answer."),
      row("spool.max", "1000000", integer(FIELD(spool.max), 1, kBillion), "1..1000000000",
          "Events that it may hold; then 503."),
      row("node.name", "", text(FIELD(node.name), is_identifier), "1 to 128 bytes without control characters",
          "On a server: what this node is called; by default as the machine is."),
  };
}

std::vector<ConfigKey> scheduler_keys() {
  const Words<SchedulerMode> modes{{"observe", SchedulerMode::kObserve},
                                   {"plan", SchedulerMode::kPlan},
                                   {"approve", SchedulerMode::kApprove},
                                   {"prune", SchedulerMode::kPrune}};
  return {
      row("scheduler.mode", "plan", word(FIELD(scheduler.mode), modes), "observe plan approve prune",
          "observe: record only, never call Chat; plan: decide and record, remove nobody; approve: remove after an "
          "operator's approval; prune: remove."),
      row("scheduler.stale_after", "10m", duration(FIELD(scheduler.stale_after), 0, 365 * kDayMs), "0..365d",
          "A group is stale-full when it has been full this long."),
      row("scheduler.tick", "1s", duration(FIELD(scheduler.tick), 10, kHourMs), "10ms..1h",
          "The longest that the scheduler sleeps."),
      row("scheduler.cooldown", "1h", duration(FIELD(scheduler.cooldown), 0, 30 * kDayMs), "0..30d",
          "Least time between two runs in one group."),
      row("scheduler.cooldown_max", "7d", duration(FIELD(scheduler.cooldown_max), 0, 30 * kDayMs), "0..30d",
          "In a group that is full again within a day of each run the cool-down doubles, up to this; 0 = never."),
      row("scheduler.concurrency", "8", integer(FIELD(scheduler.concurrency), 1, 64), "1..64",
          "Groups worked on at once; a change needs a restart."),
      row("scheduler.retry_base", "30s", duration(FIELD(scheduler.retry_base), 100, 7 * kDayMs), "100ms..7d",
          "First back-off of a failed run, with jitter."),
      row("scheduler.retry_max", "1h", duration(FIELD(scheduler.retry_max), 100, 7 * kDayMs), "100ms..7d",
          "Longest back-off of a failed run; not below scheduler.retry_base."),
      row("scheduler.approval_ttl", "24h", duration(FIELD(scheduler.approval_ttl), kSecondMs, 30 * kDayMs), "1s..30d",
          "A plan that waits longer for its approval expires."),
      row("scheduler.sweep_interval", "24h", duration(FIELD(scheduler.sweep_interval), 0, 365 * kDayMs), "0..365d",
          "How often to look for full groups whose webhook was lost; 0 = off."),
      row("scheduler.lease", "30s", duration(FIELD(scheduler.lease), 10 * kSecondMs, 10 * kMinuteMs), "10s..10m",
          "On a server: for how long a node leads without renewing that; a change needs a restart."),
  };
}

std::vector<ConfigKey> policy_keys() {
  return {
      row("policy.inactive_for", "90d", duration(FIELD(policy.inactive_for), kMinuteMs, kMaxAge), "1m..3650d",
          "A member is removable when the last sign of life is older."),
      row("policy.newcomer_grace", "14d", duration(FIELD(policy.newcomer_grace), 0, kMaxAge), "0..3650d",
          "Nobody is removed who joined later than this ago."),
      row("policy.second_look", "24h", duration(FIELD(policy.second_look), 0, kMaxSecondLook), "0..30d",
          "A member goes only when two looks at least this far apart saw the same MsgSeq: who reads is a reader; 0 = "
          "off."),
      row("policy.first_share", "50%", percent(FIELD(policy.first_share)), "above 0% to 100%",
          "A group's first listing in which more than this share is removable waits for an approval; 100% = off."),
      row("policy.only_groups", "", globs(FIELD(policy.scope.only_groups)), "patterns, comma separated",
          "Only groups with such an id are pruned: * is any text, ? one character, \\ takes the next one as it is."),
      row("policy.except_groups", "", globs(FIELD(policy.scope.except_groups)), "patterns, comma separated",
          "Groups with such an id are left alone; wins over policy.only_groups."),
      row("policy.types", "Private, Public", group_types(FIELD(policy.scope.types)),
          "Private (or Work), Public, ChatRoom (or Meeting), Community; comma separated",
          "The types of groups that may be pruned. What Chat says of a ChatRoom's and a Community's members proves "
          "less: see docs/policy.md."),
      row("policy.protect_accounts", "", globs(FIELD(policy.protect_accounts)), "patterns, comma separated",
          "Members with such an account are exempt."),
      row("policy.target_headroom", "5%", percent_or_count(FIELD(policy.target_headroom), 1000000),
          "1..1000000 or above 0% to 100%", "Seats to free: a count, or a share of the capacity."),
      row("policy.max_removals_per_run", "100", integer(FIELD(policy.max_removals_per_run), 1, 100000), "1..100000",
          "Most members that one run removes."),
      row("policy.max_removals_per_day", "1000", integer(FIELD(policy.max_removals_per_day), 0, kBillion),
          "0..1000000000", "All groups together, rolling 24 h; 0 = no limit."),
      row("policy.max_removals_per_group_day", "200", integer(FIELD(policy.max_removals_per_group_day), 0, kBillion),
          "0..1000000000", "One group, rolling 24 h; 0 = no limit."),
      row("policy.max_removed_share", "10%", percent(FIELD(policy.max_removed_share)), "above 0% to 100%",
          "Of one group's members in one run; rounded down, at least one member."),
      row("policy.min_capacity", "20", integer(FIELD(policy.min_capacity), 0, 1000000), "0..1000000",
          "A group with fewer seats is meant to be full (a team, a table) and left alone."),
      row("policy.protect_online", "true", flag(FIELD(policy.protect_online)), "true false",
          "Nobody is removed who is Online or PushOnline."),
      row("policy.reader_backlog", "100", integer(FIELD(policy.reader_backlog), 0, kBillion), "0..1000000000",
          "Nobody is removed who has read to within so many messages of the newest; 0 = off."),
      row("policy.silence", "true", flag(FIELD(policy.silence)), "true false",
          "Whether Chat removes members without a notification to the group."),
      row("policy.reason", "inactive", text(FIELD(policy.reason), is_reason),
          "up to 256 bytes without control characters", "The reason that Chat shows to a removed member."),
  };
}

std::vector<ConfigKey> calendar_keys() {
  return {
      row("calendar.time_zone", "UTC", written(FIELD(calendar.time_zone), load_zone),
          "a name of the IANA time zones, as Europe/Berlin or Asia/Shanghai",
          "The clock on the wall by which calendar.hours and calendar.freeze go."),
      row("calendar.hours", "", written(FIELD(calendar.hours), parse_hours),
          "days and times, comma separated: Mon-Fri 09:00-18:00, Sat 22:00-06:00",
          "Outside of these hours nobody is removed and no limit is raised; plans are made, and wait. Empty = always."),
      row("calendar.freeze", "", written(FIELD(calendar.freeze), parse_freezes),
          "days and a name, comma separated: 2027-01-28..2027-02-06 Spring Festival, 2027-05-01",
          "Days on which nobody is removed and no limit is raised, all day."),
  };
}

std::vector<ConfigKey> capacity_keys() {
  const Words<CapacityMode> modes{
      {"off", CapacityMode::kOff}, {"suggest", CapacityMode::kSuggest}, {"raise", CapacityMode::kRaise}};
  return {
      row("capacity.mode", "suggest", word(FIELD(capacity.mode), modes), "off suggest raise",
          "suggest: say where a higher limit would do; raise: raise a full group's limit before anybody is removed, by "
          "scheduler.mode."),
      row("capacity.ceiling", "", ceilings(FIELD(capacity.ceilings)), "TYPE:LIMIT, comma separated; limits 1..1000000",
          "The highest limit that the app's plan allows, for each type: Public:2000, ChatRoom:2000. A type without one "
          "is never raised."),
      row("capacity.only_from", "", default_limits(FIELD(capacity.only_from)), "limits 1..1000000, comma separated",
          "Limits that are a plan's default (200, 500): only groups with one of these are raised, others were set on "
          "purpose. A limit that headroom has set counts, too. Empty = any."),
      row("capacity.step", "20%", percent_or_count(FIELD(capacity.step), 1000000), "1..1000000 or above 0% to 100%",
          "How much more: a count, or a share of the limit; at least the seats wanted, rounded up to tens, at most the "
          "ceiling."),
      row("capacity.max_raises_per_day", "50", integer(FIELD(capacity.max_raises_per_day), 0, kBillion),
          "0..1000000000", "All groups together, rolling 24 h; 0 = no limit."),
  };
}

std::vector<ConfigKey> retention_and_log_keys() {
  const Words<LogFormat> formats{{"text", LogFormat::kText}, {"json", LogFormat::kJson}};
  const Words<LogLevel> levels{{"debug", LogLevel::kDebug},
                               {"info", LogLevel::kInfo},
                               {"warning", LogLevel::kWarning},
                               {"error", LogLevel::kError}};
  return {
      row("retention.events", "90d", duration(FIELD(retention.events), 0, kMaxAge), "0..3650d",
          "How long full-group events are kept; 0 = for ever."),
      row("retention.kept_members", "30d", duration(FIELD(retention.kept_members), 0, kMaxAge), "0..3650d",
          "How long the members that a run considered and kept are stored; 0 = for ever."),
      row("retention.kept_members_up_to", "1000", integer(FIELD(retention.kept_members_up_to), 0, 1000000),
          "0..1000000", "A run in a larger group stores only the members it selected, and counts of the others."),
      row("log.format", "text", word(FIELD(log.format), formats), "text json",
          "text has the journal's priority prefix when under systemd."),
      row("log.level", "info", word(FIELD(log.level), levels), "debug info warning error",
          "Messages below this level are left out."),
  };
}

#undef FIELD

std::vector<ConfigKey> all_keys() {
  std::vector<ConfigKey> all;
  for (auto part : {chat_keys(), webhook_keys(), scheduler_keys(), policy_keys(), calendar_keys(), capacity_keys(),
                    retention_and_log_keys()}) {
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

const std::vector<ConfigKey>& config_keys() {
  static const std::vector<ConfigKey> kKeys = all_keys();
  return kKeys;
}

const ConfigKey* find_config_key(std::string_view name) {
  const auto& keys = config_keys();
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const ConfigKey& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

std::string environment_name(std::string_view key) {
  std::string name = "HEADROOM_";
  for (const char c : key) name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

}  // namespace headroom
