// Members that are listed for their first look alone, before there is a plan of their group (contract, section 9).
#include <utility>

#include "tests/model/oracle.h"
#include "tests/model/rules.h"

namespace headroom::model {
namespace {

// Below it chance decides when a note has its turn.
constexpr DurationMs kLongApart = kHourMs;

}  // namespace

// The first page is about to be asked for.
void Oracle::lists_for_note(const Sight& sight, TimeMs now) {
  const std::string& group_id = sight.group_id;
  const auto wrong = [&](const std::string& what) { fail("notes", "members of " + group_id + " are listed, " + what); };
  coverage.add("members listed before their plan");
  if (view == nullptr) return wrong("and the daemon is dead");
  const auto group = view->find_group(group_id);
  if (!group || !group->observed_at) wrong("and Chat has never confirmed the group");
  if (!sight.planned_on) return wrong("and nobody has looked at the group");
  const GroupInfo& info = *sight.planned_on;
  if (!info.member_num || !info.max_member_num || *info.member_num < *info.max_member_num) wrong("which is not full");
  if (!type_is_supported(info.type)) wrong("of a type that nobody prunes");
  const auto prunes = [&](const Orders& o) {
    return is_in_scope(group_id, info.type, o.policy) && info.max_member_num.value_or(0) >= o.policy.min_capacity;
  };
  if (!book_.was_ever(sight.really_began_at, prunes)) wrong("which the policy leaves alone");
  const auto is_exempt = [&](const Orders& o) { return o.group_is_exempt(group_id, now + clock.slack()); };
  if (book_.has_held(now, is_exempt)) wrong("which is exempt");
  if (book_.has_held(now, [](const Orders& o) { return o.mode == SchedulerMode::kObserve; })) wrong("in mode observe");
  // What another node was told of it hears later.
  const bool was_paused = book_.has_held(now, [](const Orders& o) { return o.paused; });
  if (!sight.of_many && (was_paused || !orders.own_pause.empty())) wrong("while paused");
  if (!sight.of_many) check_note_pace(sight, now);
}

// At most once within policy.second_look. Each may have waited for its turn.
void Oracle::check_note_pace(const Sight& sight, TimeMs now) {
  const auto [noted, is_first] = noted_at_.try_emplace(sight.group_id, now);
  const TimeMs before = std::exchange(noted->second, now);
  if (is_first) return;
  const bool too_soon = !book_.was_ever(before, [&](const Orders& o) {
    return o.policy.second_look < kLongApart || now - before >= o.policy.second_look / 2;
  });
  if (too_soon) fail("notes", sight.group_id + " is listed again after " + std::to_string(now - before) + " ms");
}

}  // namespace headroom::model
