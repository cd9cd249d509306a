#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "headroom/member.h"
#include "headroom/types.h"

namespace headroom {

// A count, or a share of something in millionths.
struct Share {
  enum class Kind { kCount, kPartsPerMillion };
  Kind kind = Kind::kCount;
  std::int64_t value = 0;

  static Share count(std::int64_t n) { return {Kind::kCount, n}; }
  static Share percent(double p) { return {Kind::kPartsPerMillion, std::llround(p * 10000.0)}; }
  bool operator==(const Share&) const = default;
};

struct Policy {
  DurationMs inactive_for = 30 * kDayMs;
  DurationMs newcomer_grace = 7 * kDayMs;
  Share target_headroom = Share::percent(5);
  std::int64_t max_removals_per_run = 100;
  std::int64_t max_removals_per_day = 1000;       // 0 = no limit
  std::int64_t max_removals_per_group_day = 200;  // 0 = no limit
  Share max_removed_share = Share::percent(10);
  bool protect_online = true;
  std::int64_t reader_backlog = 100;  // 0 = off
  bool silence = true;
  std::string reason = "inactive";
  bool operator==(const Policy&) const = default;
};

// Why a member is kept, in the order in which the rules are asked; kInactive: removable. kOverLimit is never judged:
// it is given to removable members that were not needed.
enum class Why {
  kInactive,
  kExempt,
  kOwner,
  kAdmin,
  kUnknownActivity,
  kNewcomer,
  kActive,
  kReader,
  kOnline,
  kOverLimit
};

struct JudgeContext {
  TimeMs now = 0;
  bool exempt = false;
  bool returned = false;                     // see protects_returned: a newcomer, whatever its JoinTime
  std::optional<std::int64_t> next_msg_seq;  // the group's; absent is unknown
  // nullopt: not asked yet, the online rule is left out. kUnknown: asked, and not in the answer.
  std::optional<Presence> presence;
};

// What one rule says. kUnknown: what it needs is missing (or was not asked for), which only the rule kUnknownActivity
// makes a reason to keep. kOff: the policy switches the rule off.
enum class Verdict { kPasses, kKeeps, kUnknown, kOff };
struct RuleVerdict {
  Why rule = Why::kExempt;
  Verdict verdict = Verdict::kPasses;
};
// One for each rule, kExempt to kOnline, in their order.
using Verdicts = std::array<RuleVerdict, 8>;
Verdicts judge_by_all(const Member& member, const JudgeContext& context, const Policy& policy);

// The first rule that keeps the member, or kInactive when none does. Missing data keeps: it is never inactivity.
Why first_to_keep(const Verdicts& verdicts);
Why judge(const Member& member, const JudgeContext& context, const Policy& policy);

// A member whom headroom removed from this group once, and who is there again, is protected for good: it was wrong
// about them. Brought back by a restore (sent at `restored_at`), they are protected for newcomer_grace.
bool protects_returned(const std::optional<TimeMs>& restored_at, const Policy& policy, TimeMs now);

// max(JoinTime, LastSendMsgTime) in Unix seconds; nullopt when one of the two is absent, negative or in the future,
// or JoinTime is 0.
std::optional<std::int64_t> last_sign_of_life_s(const Member& member, TimeMs now);

// When a member that is kept now could become removable if nothing else happened; nullopt: not by time alone.
std::optional<TimeMs> removable_from(const Member& member, Why why, const Policy& policy, TimeMs now);

}  // namespace headroom
