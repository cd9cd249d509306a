#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/e2e/fixture.h"

// Many groups at once, and Chat takes few delete calls a second: however long a worker waits for its turn, it goes by
// fresh looks. THROTTLED_GROUPS says how many groups (40 take a minute); the ages of the looks are printed.
namespace headroom::e2e {
namespace {

constexpr std::int64_t kSeats = 60;
constexpr int kDeletesPerSecond = 1;
// The simulator sees a call a moment after it was sent: what it sees to be older was older, but for that.
constexpr std::int64_t kFreshMs = 5000 + 200;

class Throttling : public E2e {
 protected:
  Throttling() : E2e({{"delete_group_member", kDeletesPerSecond}}) {
    set("scheduler.concurrency", std::to_string(std::min(groups_, 64)));
    set("scheduler.cooldown", "1h");
    set("scheduler.retry_max", "10s");
    for (int i = 0; i < groups_; ++i) create(full_group(name_of(i), kSeats));
  }
  static std::string name_of(int i) { return "g" + std::to_string(i); }

  // Every account speaks once, at a moment of its own, and notes it.
  void somebody_speaks() {
    const std::string group_id = name_of(spoken_ % groups_);
    const auto members = sim_.world().members(group_id);
    const auto& member = members[static_cast<std::size_t>(spoken_++ * 7) % members.size()];
    if (sim_.world().speak(group_id, member.account))
      spoke_at_[group_id + "/" + member.account] = sim_.world().now_ms();
  }
  // When the last look of that kind at the group (or at one of the accounts) came in before the delete call.
  static std::int64_t last_before(const std::vector<chatsim::Call>& looks, const chatsim::Call& call, bool by_group) {
    std::int64_t at = 0;
    for (const chatsim::Call& look : looks) {
      if (look.id > call.id || look.error_code != 0) continue;
      const auto& names = by_group ? look.group_ids : look.accounts;
      const std::string& wanted = by_group ? call.group_ids.front() : call.accounts.front();
      if (std::find(names.begin(), names.end(), wanted) != names.end()) at = std::max(at, look.at_ms);
    }
    return at;
  }
  std::vector<std::int64_t> ages_of_looks() {
    const auto groups = sim_.calls("get_group_info");
    const auto members = sim_.calls("get_specified_group_member_info");
    const auto statuses = sim_.calls("query_online_status");
    std::vector<std::int64_t> ages;
    for (const chatsim::Call& call : sim_.calls("delete_group_member")) {
      const std::int64_t oldest = std::min(
          {last_before(groups, call, true), last_before(members, call, true), last_before(statuses, call, false)});
      ages.push_back(call.at_ms - oldest);
    }
    std::sort(ages.begin(), ages.end());
    return ages;
  }

  const int groups_ = std::getenv("THROTTLED_GROUPS") ? std::max(2, std::atoi(std::getenv("THROTTLED_GROUPS"))) : 6;
  int spoken_ = 0;
  std::map<std::string, std::int64_t> spoke_at_;
};

TEST_F(Throttling, NobodyGoesByALookThatIsOlderThanFiveSeconds) {
  start();
  for (int i = 0; i < groups_; ++i) knock(name_of(i));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60 + 4 * groups_);
  const auto all_have_room = [&] {
    for (int i = 0; i < groups_; ++i) {
      if (members_of(name_of(i)) == kSeats) return false;
    }
    return true;
  };
  while (!all_have_room() && std::chrono::steady_clock::now() < until) {
    somebody_speaks();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(all_have_room()) << daemon_->stderr_text();

  const auto ages = ages_of_looks();
  ASSERT_GE(ages.size(), static_cast<std::size_t>(groups_));
  EXPECT_LE(ages.back(), kFreshMs);
  int spoke_before = 0;
  for (const auto& entry : sim_.ledger()) {
    if (entry.change != chatsim::Change::kRemovedByRest) continue;
    for (const std::string& account : entry.accounts) {
      const auto spoke = spoke_at_.find(entry.group_id + "/" + account);
      if (spoke == spoke_at_.end() || spoke->second >= entry.at_ms) continue;
      ++spoke_before;
      EXPECT_LE(entry.at_ms - spoke->second, kFreshMs) << account << " of " << entry.group_id << " had spoken";
    }
  }
  std::printf(
      "%zu delete calls for %d groups at %d a second: the oldest look was %lld ms old (p50), %lld (p99), %lld"
      " (most); %d of %zu members who spoke went, each within those\n",
      ages.size(), groups_, kDeletesPerSecond, static_cast<long long>(ages[ages.size() / 2]),
      static_cast<long long>(ages[ages.size() * 99 / 100]), static_cast<long long>(ages.back()), spoke_before,
      spoke_at_.size());
  stop();
}

}  // namespace
}  // namespace headroom::e2e
