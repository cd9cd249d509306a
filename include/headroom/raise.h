#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/group.h"
#include "headroom/policy.h"
#include "headroom/scope.h"
#include "headroom/types.h"

// A higher limit instead of fewer members: whether a group may get one, and how far it goes. Pure.
namespace headroom {

enum class CapacityMode { kOff, kSuggest, kRaise };

inline constexpr std::int64_t kMostMembers = 1'000'000;  // of any group [33529]

// The highest limit that groups of a type may get.
class Ceilings {
 public:
  // "Public:2000, ChatRoom:2000"; nullopt for what is no such list, or names a type twice.
  static std::optional<Ceilings> parse(std::string_view text);

  std::optional<std::int64_t> of(std::string_view type) const;
  bool empty() const { return most_.empty(); }
  std::string text() const;
  bool operator==(const Ceilings&) const = default;

 private:
  std::map<GroupType, std::int64_t> most_;
};

// Limits that are a plan's default.
class DefaultLimits {
 public:
  // "200, 500"; empty: none.
  static std::optional<DefaultLimits> parse(std::string_view text);

  bool empty() const { return limits_.empty(); }
  bool contain(std::int64_t limit) const;
  std::string text() const;
  bool operator==(const DefaultLimits&) const = default;

 private:
  std::vector<std::int64_t> limits_;
};

// What the daemon runs by comes from the configuration, with the defaults of its keys. Here nothing is raised.
struct CapacityRules {
  CapacityMode mode = CapacityMode::kOff;
  Ceilings ceilings;        // a type without one is never raised
  DefaultLimits only_from;  // others were set on purpose; empty: any
  Share step = Share::percent(20);
  std::int64_t max_raises_per_day = 50;  // 0 = no limit
  bool operator==(const CapacityRules&) const = default;
};

// So long a ceiling that Chat has shown counts: then it is asked again.
inline constexpr DurationMs kCeilingHolds = 7 * kDayMs;

// Of one group, or of a type.
struct LearnedCeiling {
  bool of_type = false;
  std::string subject;  // a group's id, or a type as name_of has it
  std::int64_t ceiling = 0;
  bool operator==(const LearnedCeiling&) const = default;
};

struct RaiseFacts {
  std::string_view type;
  std::int64_t members = 0;
  std::int64_t limit = 0;               // the group's, now
  std::int64_t wanted = 0;              // free seats
  std::optional<std::int64_t> learned;  // the lowest that holds
  bool set_by_headroom = false;         // the limit was
};

enum class NoRaise { kNone, kNoCeiling, kSetOnPurpose, kAtCeiling };
struct RaiseChoice {
  NoRaise why_not = NoRaise::kNone;
  std::int64_t to = 0;
};
// min(ceiling, limit + max(step, wanted), rounded up to a multiple of ten); what the group has too many members for is
// wanted, too. A ceiling that leaves fewer seats than wanted is no reason to raise: kAtCeiling.
RaiseChoice choose_raise(const CapacityRules& rules, const RaiseFacts& facts);
// Whether the rules allow a raise to `to` that was planned by others, or before.
bool allows_raise(const CapacityRules& rules, const RaiseFacts& facts, std::int64_t to);

// What the limit of a full group could be raised to, in mode `suggest`; nullopt: nothing would do, or the group is left
// alone.
std::optional<std::int64_t> suggested_limit(const CapacityRules& rules, const Share& target_headroom,
                                            const Group& group, const std::optional<std::int64_t>& learned);

// How a call that set a limit ended.
struct RaiseAnswer {
  bool refused = false;                  // outright, with `code`
  int code = 0;                          // Chat's
  bool answered = false;                 // OK
  std::optional<std::int64_t> verified;  // the limit, by the look behind it
};
// The ceiling that it shows: 10004 and 10007 are the group's, 10038 is the plan's for the type, and an OK that set less
// than was asked for is the group's.
std::optional<LearnedCeiling> lesson_of(const std::string& group_id, std::optional<GroupType> type, std::int64_t from,
                                        std::int64_t to, const RaiseAnswer& answer);

}  // namespace headroom
