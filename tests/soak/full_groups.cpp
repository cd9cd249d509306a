#include "tests/soak/full_groups.h"

namespace headroom::soak {
namespace {

constexpr std::int64_t kSeats = 40;
constexpr int kActive = 9;
constexpr std::int64_t kDayS = 86400;
constexpr std::uint64_t kEventsPerGroup = 200;

}  // namespace

NodeProcess::Settings node_settings(const std::string& folder, const std::string& chat_url) {
  return {{"chat.sdk_app_id", "1400000000"},
          {"chat.secret_key_file", folder + "/secret-key"},
          {"chat.base_url", chat_url},
          {"chat.calls_per_second", std::to_string(kCallsPerSecond)},
          {"chat.request_timeout", "3001ms"},
          {"chat.delete_batch", "4"},
          {"admin.token_file", folder + "/admin-token"},
          {"admin.listen", "127.0.0.1:0"},
          {"webhook.listen", "127.0.0.1:0"},
          {"webhook.allow_unsigned", "true"},
          {"scheduler.mode", "prune"},
          {"scheduler.lease", "10s"},
          {"scheduler.stale_after", "0"},
          {"scheduler.tick", "100ms"},
          {"scheduler.sweep_interval", "0"},
          {"scheduler.retry_base", "200ms"},
          {"scheduler.retry_max", "2s"},
          {"capacity.mode", "off"},
          {"policy.inactive_for", "30d"},
          {"policy.second_look", "0"},
          {"policy.first_share", "100%"},
          {"policy.target_headroom", "40%"},
          {"policy.max_removed_share", "40%"},
          {"policy.max_removals_per_day", "0"},
          {"policy.max_removals_per_group_day", "0"}};
}

chatsim::ChatSimOptions chat_options(const std::set<std::string>& names) {
  chatsim::ChatSimOptions options;
  options.admins = names;
  options.limits.calls_per_second = 10'000;
  options.kept_calls = 1;
  return options;
}

std::string FullGroups::next() {
  const std::lock_guard lock(mutex_);
  const bool is_new = events_++ % kEventsPerGroup == 0;
  if (is_new) create();
  // Else the load may end before anybody has heard of it.
  const std::uint64_t back = is_new ? 0 : events_ % 4;
  return "soak-" + std::to_string(back < groups_ ? groups_ - 1 - back : groups_ - 1);
}

std::uint64_t FullGroups::count() const {
  const std::lock_guard lock(mutex_);
  return groups_;
}

std::int64_t FullGroups::full() const {
  std::int64_t full = 0;
  for (const chatsim::GroupInfo& group : world_.groups()) full += group.full() ? 1 : 0;
  return full;
}

void FullGroups::create() {
  chatsim::GroupSpec spec;
  spec.id = "soak-" + std::to_string(groups_++);
  spec.name = spec.id;
  spec.max_members = kSeats;
  spec.next_msg_seq = 10000;
  const std::int64_t now = world_.now_ms() / 1000;
  spec.members.push_back({"owner", "Owner", now - 400 * kDayS, now - 300 * kDayS, 5});
  for (int i = 0; i < kActive; ++i) {
    spec.members.push_back({"active" + std::to_string(i), "Member", now - 200 * kDayS, now - kDayS, 5});
  }
  for (int i = 0; static_cast<std::int64_t>(spec.members.size()) < kSeats; ++i) {
    spec.members.push_back({"idle" + std::to_string(i), "Member", now - 300 * kDayS, now - (200 - i) * kDayS, 5});
  }
  world_.create_group(spec);
}

}  // namespace headroom::soak
