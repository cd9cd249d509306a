#include "config/advice.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "config/values.h"
#include "headroom/scope.h"

namespace headroom {
namespace {

constexpr std::size_t kShortToken = 16;
constexpr std::int64_t kLongFreeze = 180;  // days
constexpr std::int64_t kHalf = 500000;     // parts per million

bool is_quote(char c) { return c == '"' || c == '\''; }

bool is_any(const std::string& host) { return host == "0.0.0.0" || host == "::"; }

bool takes_text(std::string_view key) {
  constexpr std::array<std::string_view, 7> kTexts = {
      "policy.reason",         "policy.only_groups", "policy.except_groups", "policy.protect_accounts",
      "chat.admin_identifier", "webhook.path",       "database.url"};
  return key.ends_with("_file") || std::find(kTexts.begin(), kTexts.end(), key) != kTexts.end();
}

class Advice {
 public:
  explicit Advice(const PlaceOf& place_of) : place_of_(place_of) {}

  void say(const std::string& key, const std::string& value, const std::string& text) {
    const ConfigPlace place = place_of_(key);
    const std::string line = place.line ? ":" + std::to_string(*place.line) : "";
    warnings_.push_back(
        {place, key, value.empty() ? std::nullopt : std::optional(value), "",
         place.source + line + ": " + key + (value.empty() ? "" : " = " + quote_value(value)) + ": " + text});
  }
  std::vector<ConfigProblem> take() { return std::move(warnings_); }

 private:
  const PlaceOf& place_of_;
  std::vector<ConfigProblem> warnings_;
};

void advise_on_policy(const Policy& policy, Advice& advice) {
  if (policy.inactive_for < kDayMs) {
    advice.say("policy.inactive_for", format_duration(policy.inactive_for),
               "who has been silent for " + duration_in_words(policy.inactive_for) + " may be removed");
  }
  if (policy.max_removed_share.value <= kHalf) return;
  for (const auto& [key, limit] : {std::pair{"policy.max_removals_per_day", policy.max_removals_per_day},
                                   std::pair{"policy.max_removals_per_group_day", policy.max_removals_per_group_day}}) {
    if (limit != 0) continue;
    advice.say(key, "0", "no limit, while one run may remove more than half of a group (policy.max_removed_share)");
  }
}

void advise_on_capacity(const CapacityRules& rules, const Policy& policy, Advice& advice) {
  if (rules.mode == CapacityMode::kOff) return;
  for (const GroupType type : {GroupType::kPrivate, GroupType::kPublic, GroupType::kChatRoom, GroupType::kCommunity}) {
    const std::string name(name_of(type));
    if (rules.ceilings.of(name) && !policy.scope.types.contains(type)) {
      advice.say("capacity.ceiling", rules.ceilings.text(),
                 "policy.types does not name " + name + ": such groups are left alone, and their limit with them");
    }
  }
  if (rules.mode != CapacityMode::kRaise || !rules.ceilings.empty()) return;
  advice.say("capacity.mode", "raise",
             "nothing is ever raised: no type has a ceiling (capacity.ceiling = Public:2000)");
}

// A year that was mistyped, most likely.
void advise_on_calendar(const CalendarConfig& calendar, Advice& advice) {
  for (const Freeze& freeze : calendar.freeze.value) {
    const std::int64_t days = freeze.last - freeze.first + 1;
    if (days <= kLongFreeze) continue;
    const std::string name = freeze.name.empty() ? "" : " (" + freeze.name + ")";
    advice.say("calendar.freeze", "",
               "a freeze of " + std::to_string(days) + " days" + name + ": nobody is removed before its end");
  }
}

void advise_on_listener(const std::string& key, const HostPort& listen, Advice& advice) {
  if (is_loopback(listen.host)) return;
  advice.say(key, format_host_port(listen),
             "others than this machine can reach it, without TLS; the public face is nginx (config/nginx.conf)");
}

void advise_on_tokens(const std::vector<AdminToken>& tokens, Advice& advice) {
  for (const AdminToken& token : tokens) {
    const std::string& text = token.token.expose();
    if (text.size() < kShortToken) {
      advice.say("admin.token_file", "",
                 "the token of " + token.name + " has fewer than " + std::to_string(kShortToken) +
                     " characters; `openssl rand -hex 32` makes a good one");
    }
    if (is_quote(text.front()) || is_quote(text.back())) {
      advice.say("admin.token_file", "", "the quotes around the token of " + token.name + " are part of it");
    }
  }
}

}  // namespace

std::vector<ConfigProblem> advice_on(const Config& config, const PlaceOf& place_of) {
  Advice advice(place_of);
  advise_on_policy(config.policy, advice);
  advise_on_calendar(config.calendar, advice);
  advise_on_capacity(config.capacity, config.policy, advice);
  advise_on_listener("webhook.listen", config.webhook.listen, advice);
  advise_on_listener("admin.listen", config.admin.listen, advice);
  if (!config.database.on_server() && !config.database.path().starts_with('/')) {
    advice.say("database.url", format_database_url(config.database.url),
               "a relative path: which file it is depends on the folder that headroomd is started in");
  }
  advise_on_tokens(config.admin.tokens, advice);
  return advice.take();
}

std::vector<std::string> advice_on_writing(const ConfigEntry& entry) {
  std::vector<std::string> advice;
  const std::string& value = entry.value;
  if (value.empty()) return advice;
  const bool opened = is_quote(value.front());
  const bool closed = value.size() > 1 && is_quote(value.back());
  if (opened || closed) advice.emplace_back("the quotes are part of the value; values stand without them");
  if (value.find('#') != std::string::npos) {
    advice.emplace_back("the # is part of the value; a comment needs white space in front of it");
  }
  // "see FAQ #3": most comments have a space after their #.
  const bool meant_as_text = takes_text(entry.key) && entry.comment.size() > 1 && entry.comment[1] > ' ';
  if (!entry.comment.empty() && (opened != closed || meant_as_text)) {
    advice.emplace_back("the value ends before the #; what follows is a comment");
  }
  return advice;
}

bool share_a_port(const HostPort& a, const HostPort& b) {
  if (a.port == 0 || a.port != b.port) return false;
  const auto plain = [](const std::string& host) { return host == "localhost" ? std::string("127.0.0.1") : host; };
  return plain(a.host) == plain(b.host) || is_any(a.host) || is_any(b.host);
}

std::string duration_in_words(DurationMs value) {
  constexpr std::array<std::pair<DurationMs, const char*>, 4> kUnits{
      {{kDayMs, "day"}, {kHourMs, "hour"}, {kMinuteMs, "minute"}, {kSecondMs, "second"}}};
  for (const auto& [length, name] : kUnits) {
    if (value < length || value % length != 0) continue;
    const std::int64_t count = value / length;
    return std::to_string(count) + " " + name + (count == 1 ? "" : "s");
  }
  return std::to_string(value) + " milliseconds";
}

}  // namespace headroom
