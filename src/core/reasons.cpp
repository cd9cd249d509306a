#include "headroom/reasons.h"

#include <algorithm>
#include <array>

#include "headroom/names.h"

namespace headroom {
namespace {

struct Row {
  std::string_view reason;
  std::string_view what;
  std::string_view hint;
};

constexpr std::array kRows = {
    // Ends of runs, and what keeps a group from one.
    Row{"has_room", "the group has room again", ""},
    Row{"gone", "Chat knows no such group any more", ""},
    Row{"nobody_removable", "every member is protected by a rule of the policy",
        "which rule keeps whom: headroomctl run ID, headroomctl why GROUP ACCOUNT; loosen the policy, or raise the "
        "group's limit at Chat"},
    Row{"unsupported_type", "headroom touches no group of this type",
        "nothing to do: Private, Public, ChatRoom and Community are supported"},
    Row{"out_of_scope", "the policy leaves this group alone: policy.types, policy.only_groups or policy.except_groups",
        "nothing to do, unless such groups are to be pruned: name the type in policy.types, or widen "
        "policy.only_groups"},
    Row{"second_look", "nobody has been seen twice yet: a member goes only when two looks saw the same MsgSeq",
        "nothing to do: the group is looked at again when policy.second_look is over"},
    Row{"too_small", "the group has fewer seats than policy.min_capacity: it is meant to be full",
        "nothing to do, unless such groups are to be pruned: lower policy.min_capacity"},
    Row{"no_permission", "Chat does not let chat.admin_identifier remove members of this group",
        "see in the Chat console whether the account is an app administrator and the group's type allows removals"},
    Row{"daily_limit", "the daily limits leave nothing to remove, or no limit to raise",
        "it goes on when removals, or raises, leave the last 24 hours; or raise policy.max_removals_per_day, "
        "policy.max_removals_per_group_day or capacity.max_raises_per_day and reload"},
    Row{"exempt", "the group is exempt", "headroomctl unexempt group ID lifts it"},
    Row{"paused", "the scheduler was paused", "headroomctl status says by whom and why"},
    Row{"mode_changed", "scheduler.mode was changed meanwhile", ""},
    Row{"closed", "the calendar is closed: nobody is removed and no limit is raised until it opens",
        "nothing to do: headroomctl status says when it opens; headroomctl prune GROUP --force does not wait"},
    Row{"interrupted", "the daemon ended, or lost an answer, in the middle of it",
        "nothing to do: it is looked at again"},
    Row{"chat_unreachable", "Chat did not answer, or what answered was not Chat",
        "see headroomctl status and the log's last `chat unreachable`; check DNS, the way out, chat.region and "
        "chat.base_url"},
    Row{"chat_too_slow", "five times in a row the looks at the members were too old before the removal could be sent",
        "Chat throttles or is slow: see headroom_chat_requests_total; lower scheduler.concurrency or raise "
        "chat.calls_per_second"},
    Row{"not_removed", "Chat said OK, and the members are all still there",
        "look at the group in the Chat console; report it to Tencent when it stays so"},
    Row{"not_raised",
        "the group's limit is not higher: Chat left it as it was, or capacity.ceiling, capacity.only_from or a ceiling "
        "that Chat has shown do not allow it",
        "nothing to do: members are removed instead, within the policy; what Chat refuses is asked again after 7 days"},
    // Implausible data.
    Row{"implausible_data", "what Chat said about the group contradicts itself",
        "see the reason of the group's last run; it is looked at again after a day"},
    Row{"capacity_unknown", "Chat's numbers of members and seats are missing or contradict each other",
        "look at the group in the Chat console; it is looked at again after a day"},
    Row{"field_missing", "a field that the policy needs is missing in most of what Chat answered",
        "if the app's edition does not have it, switch the rule off (policy.protect_online, policy.reader_backlog, "
        "policy.second_look)"},
    Row{"members_missing", "Chat listed fewer members than the group has",
        "nothing to do at first: it is looked at again after a day; report it to Tencent when it stays so"},
    Row{"no_activity_data", "nobody in the group ever spoke: silence says nothing about its members",
        "if that is its nature, say so (headroomctl silent, PUT /api/v1/groups/{group_id}/silent), or exempt the "
        "group"},
    // Pauses.
    Row{"clock_skew", "this machine's clock and Chat's are more than two minutes apart",
        "set the clock (chronyc tracking, timedatectl); it goes on by itself within 15 s"},
    Row{"replication", "no standby confirms what the database stores, and database.require_synchronous asks for one",
        "set synchronous_standby_names and see the standby (GRANT pg_monitor, or it can not be seen); it goes on by "
        "itself"},
    Row{"storage_failing", "events can not be stored: the disk is full, or has failed",
        "make room for database.url; it goes on by itself"},
};

}  // namespace

Explanation explain(std::string_view reason) {
  const auto known = named<Reason>(reason);
  if (known && known->kind == Reason::kChatError) {
    const int code = known->chat_code;
    const CodeWords words = words_of(code);
    const std::string number = std::to_string(code);
    if (words.what.empty()) {
      return {"Chat answered with the error code " + number, "look the code up in Chat's list of error codes"};
    }
    return {"Chat answered " + number + ": " + std::string(words.what), std::string(words.hint)};
  }
  const auto* row = std::ranges::find(kRows, reason, &Row::reason);
  if (row == kRows.end()) return {std::string(reason), ""};
  return {std::string(row->what), std::string(row->hint)};
}

Explanation explain(const Reason& reason) { return explain(name_of(reason)); }

}  // namespace headroom
