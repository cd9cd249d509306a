#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/policy.h"
#include "headroom/reason.h"
#include "headroom/run.h"

// Who goes. Pure; fed page by page, holds no more members than may be selected (plus those stored as kept).
namespace headroom {

// Free seats wanted: the target, of `max_members`; at least 1.
std::int64_t wanted_seats(const Share& target, std::int64_t max_members);
// Members to remove so that `wanted` seats are free; 0 when they are.
std::int64_t needed_removals(std::int64_t wanted, std::int64_t members, std::int64_t max_members);
// The greatest number that one run may remove from a group of `members`; before the daily limits.
std::int64_t run_limit(const Policy& policy, std::int64_t members);

// A member counts for the limits of a day from the moment at which the intent to send it is stored, up to 5 s before
// its call goes out: the call itself stays within 24 h for as long.
inline constexpr DurationMs kLimitDayMs = kDayMs + 5 * kSecondMs;

struct DayUsage {
  std::int64_t all = 0;    // sent in the last 24 h plus reserved, all groups
  std::int64_t group = 0;  // the same, this group
};
// What the daily limits leave; nullopt = no limit.
std::optional<std::int64_t> day_limit(const Policy& policy, const DayUsage& usage);
// The limit of `policy` that allows the fewest removals now.
struct SmallestLimit {
  std::int64_t most = 0;
  LimitedBy by = LimitedBy::kNone;
};
SmallestLimit smallest_limit(const Policy& policy, std::int64_t members, const DayUsage& usage);

struct RemovableShare {
  std::int64_t eligible = 0;
  std::int64_t considered = 0;
};
// How many of a run's listing were removable, those included of whom only one look is there.
RemovableShare removable_share(const Run& run);
// More than the share of `policy.first_share`: 100 % is off.
bool exceeds(const RemovableShare& share, const Share& first_share);
// The guard against data that went wrong in a way that no other check sees: above half of a group is removable, and
// more than three times the share of its previous run.
bool jumps(const RemovableShare& now, const RemovableShare& before);

class Selection {
 public:
  // `limit`: most members to select, of the `needed` whose seats are wanted. `store_kept`: keep rows of the others too.
  Selection(std::int64_t limit, std::int64_t needed, bool store_kept)
      : limit_(std::max<std::int64_t>(0, limit)), needed_(std::max(needed, limit_)), store_kept_(store_kept) {}

  void keep(const Member& member, Why why, std::optional<TimeMs> removable_from, const MemberEvidence& evidence = {});
  void offer(const Member& member, const MemberEvidence& evidence = {});  // removable by every rule
  // A later row of the account says something else: it stays, and nothing is known of it. `judged`: why it was kept
  // until now, kInactive when it was offered.
  void contradict(const std::string& account, Why judged);

  std::int64_t considered() const { return considered_; }
  std::int64_t eligible() const { return eligible_; }

  struct Result {
    std::vector<RunMember> selected;  // the first to go first
    std::vector<RunMember> kept;      // empty unless stored; first those who would have gone next
    std::map<Why, std::int64_t> kept_counts;
    bool cut = false;                            // some of them were wanted: the limit was too low
    std::optional<TimeMs> first_removable_from;  // of those that time alone keeps
  };
  // Empties the selection.
  Result take();

 private:
  struct Candidate {
    std::int64_t life_s = 0;
    Member member;
    MemberEvidence evidence;
    bool operator<(const Candidate& other) const;  // goes earlier
  };

  void keep_rest(std::vector<RunMember>& rest, Result& result);

  const std::int64_t limit_;
  const std::int64_t needed_;
  const bool store_kept_;
  std::int64_t considered_ = 0;
  std::int64_t eligible_ = 0;
  std::set<Candidate> best_;  // little more than limit_, unless the rows of the others are stored too
  std::set<std::string> contradicted_;
  std::vector<RunMember> kept_;
  std::map<Why, std::int64_t> kept_counts_;
  std::optional<TimeMs> first_removable_from_;
};

// Watches a listing for what no real group looks like.
class Plausibility {
 public:
  Plausibility(const Policy& policy, std::int64_t member_num) : policy_(policy), member_num_(member_num) {}
  void see(const Member& member);
  void see_contradiction();  // of a row that was seen before
  void see_presence(bool known);
  // An operator's word that nobody is expected to speak; and who may not speak.
  void expect_silence(bool by_word, bool muted) {
    silence_is_nature_ = by_word;
    speechless_ = by_word || muted;
  }
  // So many rows lack a field that the listing need not go on.
  bool hopeless() const;
  // The check that failed: kFieldMissing, kMembersMissing, kNoActivityData, or kNone. After the listing.
  Reason verdict() const;

 private:
  std::int64_t most_missing() const;

  const Policy policy_;
  const std::int64_t member_num_;
  std::int64_t rows_ = 0;
  std::int64_t no_role_ = 0, no_join_ = 0, no_sent_ = 0, no_seq_ = 0;
  std::int64_t asked_ = 0, no_presence_ = 0;
  bool activity_seen_ = false;
  bool silence_is_nature_ = false;
  bool speechless_ = false;
};

}  // namespace headroom
