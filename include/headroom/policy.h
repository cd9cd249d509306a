#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "headroom/evidence.h"
#include "headroom/first_look.h"
#include "headroom/globs.h"
#include "headroom/member.h"
#include "headroom/scope.h"
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

inline constexpr DurationMs kMaxSecondLook = 30 * kDayMs;
// Who may not speak goes by two looks also where the policy asks for one alone.
inline constexpr DurationMs kSecondLookOfSpeechless = kDayMs;

// What the daemon runs by comes from the configuration, with the defaults of its keys. Here the rules that came later
// than the first are off.
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
  std::int64_t min_capacity = 20;           // a group with fewer seats is left alone
  DurationMs second_look = 0;               // two looks so far apart have to see the same MsgSeq; 0 = off
  Share first_share = Share::percent(100);  // a first listing with more removable members waits for a person
  Scope scope;                              // a group outside is left alone
  Globs protect_accounts;                   // exempt
  bool operator==(const Policy&) const = default;
};

// Whether the two say the same about who may be removed. (How many, how and with what words may differ.)
bool judge_alike(const Policy& a, const Policy& b);

// Why a member is kept, in the order in which the rules are asked; kInactive: removable. The last two are never judged,
// but given to removable members: kOverLimit to those that were wanted and cut by a limit, kNotNeeded to the others.
enum class Why {
  kInactive,
  kExempt,
  kService,
  kOwner,
  kAdmin,
  kUnknownActivity,
  kReturned,
  kNewcomer,
  kActive,
  kReader,
  kOnline,
  kSecondLook,
  kOverLimit,
  kNotNeeded
};

// Nothing in it is a policy's: one context serves for judging by several.
struct JudgeContext {
  TimeMs now = 0;
  bool exempt = false;
  std::optional<TimeMs> exempt_until;  // absent: for ever
  bool service = false;                // see is_service_account
  // headroom removed them from this group, and they were seen then to have come back by themselves.
  std::optional<TimeMs> returned_at;
  std::optional<TimeMs> restored_at;  // headroom removed them, and a restore sent them back then
  std::optional<FirstLook> first_look;
  // The group's.
  std::optional<std::int64_t> next_msg_seq;     // absent is unknown
  std::optional<std::int64_t> last_msg_time_s;  // Unix seconds; 0: no message ever
  bool mute_all = false;
  bool silent = false;     // an operator's word that silence is its nature
  bool chat_room = false;  // its clients keep no unread count: MsgSeq may stand still for who reads
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
// One for each rule, kExempt to kSecondLook, in their order.
using Verdicts = std::array<RuleVerdict, 11>;
Verdicts judge_by_all(const Member& member, const JudgeContext& context, const Policy& policy);

// The first rule that keeps the member, or kInactive when none does. Missing data keeps: it is never inactivity.
Why first_to_keep(const Verdicts& verdicts);
Why judge(const Member& member, const JudgeContext& context, const Policy& policy);

// Whether the member may not speak, or nobody in the group is expected to: silence then proves nothing.
bool is_speechless(const Member& member, const JudgeContext& context);
// Whether the rules ask what Chat knows of the member's presence.
bool needs_presence(const Member& member, const JudgeContext& context, const Policy& policy);
// Whether they ask for MsgSeq, the group's and its members'.
bool needs_reading(const Policy& policy, bool speechless);
// How far apart two looks have to be where it takes two.
DurationMs apart(const Policy& policy);
// The look saw another MsgSeq than the one before.
bool has_moved(const Member& member, const JudgeContext& context);
// Until when the look that last saw it move, which may be this one, keeps the member as a reader; nullopt: none does.
std::optional<TimeMs> reader_until(const Member& member, const JudgeContext& context, const Policy& policy);

// What the member is judged by, as it is stored with a run.
MemberEvidence evidence_of(const Member& member, const JudgeContext& context, const Policy& policy);

// chat.admin_identifier: who calls Chat.
struct AdminIdentifier {
  std::string_view text;
};

// Accounts that are no person's: the one that REST calls are signed for, and Chat's robots.
bool is_service_account(std::string_view account, AdminIdentifier own);

// max(JoinTime, LastSendMsgTime) in Unix seconds; nullopt when one of the two is absent, negative or in the future,
// or JoinTime is 0.
std::optional<std::int64_t> last_sign_of_life_s(const Member& member, TimeMs now);

// When a member that is kept now could become removable if nothing else happened; nullopt: not by time alone.
std::optional<TimeMs> removable_from(const Member& member, Why why, const JudgeContext& context, const Policy& policy);

}  // namespace headroom
