#include "tests/model/world_chat.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "headroom/group_state.h"
#include "tests/model/rules.h"

namespace headroom::model {
namespace {

constexpr const char* kAdmin = "administrator";

bool answers(Trouble trouble) { return trouble == Trouble::kNone || trouble == Trouble::kOkUndone; }

template <typename T>
Answer<T> done(T value) {
  Answer<T> answer;
  answer.outcome = ChatOutcome::kDone;
  answer.value = std::move(value);
  return answer;
}

template <typename T>
Answer<T> refused(int code) {
  Answer<T> answer;
  answer.outcome = ChatOutcome::kRefused;
  answer.code = code;
  return answer;
}

constexpr const char* kNoGroup = "";

// Trouble after which nothing can be done but to ask an operator.
bool needs_operator(const CallFault& fault) {
  return fault.trouble == Trouble::kCredentials || fault.trouble == Trouble::kOperatorNeeded;
}

}  // namespace

template <typename T>
Answer<T> WorldChat::refusal(const CallFault& fault) const {
  Answer<T> answer;
  answer.code = fault.code;
  switch (fault.trouble) {
    case Trouble::kThrottled:
      answer.outcome = ChatOutcome::kThrottled;
      break;
    case Trouble::kRefused:
      answer.outcome = ChatOutcome::kRefused;
      break;
    case Trouble::kCredentials:
      answer.outcome = ChatOutcome::kCredentialsRejected;
      break;
    case Trouble::kOperatorNeeded:
      answer.outcome = ChatOutcome::kOperatorNeeded;
      break;
    case Trouble::kNone:
    case Trouble::kOkUndone:
    case Trouble::kNotDone:
    case Trouble::kDoneUnsaid:
    case Trouble::kPartly:
      answer.outcome = ChatOutcome::kOutcomeUnknown;
      break;
  }
  return answer;
}

template <typename T>
Answer<T> WorldChat::call(const char* name, const CallFault& fault, const std::string& group_id,
                          const std::vector<std::string>& accounts, std::function<Answer<T>()> apply) {
  Timeline& timeline = outside_.timeline;
  sent_at_ = {timeline.now()};
  if (sight_.may_not_call) outside_.oracle.fail("mode", "Chat is called in mode observe");
  outside_.trace.say(timeline.now(), sight_.name, name, " ", group_id, accounts);
  const bool slow = outside_.dice.chance(0.02);
  const TimeMs there = timeline.now() + outside_.dice.between(1, slow ? 2500 : 60);
  const TimeMs back = there + outside_.dice.between(1, slow ? 2500 : 60);
  outside_.stir({name, group_id, accounts, timeline.now(), back});
  // What was sent arrives, whoever dies meanwhile.
  const auto answer = std::make_shared<Answer<T>>();
  timeline.at(there, [answer, apply = std::move(apply)] { *answer = apply(); });
  const bool waited = Task::current()->wait_until(back);
  if (!waited || cancelled_) return Answer<T>{};  // nobody knows
  if (!answers(fault.trouble)) {
    *answer = refusal<T>(fault);
  }
  if (means_gone(answer->code)) outside_.oracle.gone(group_id);
  if (!answers(fault.trouble)) outside_.oracle.coverage.add("answers that fail");
  if (answer->code != 0 || answer->done()) sight_.offset = outside_.faults.skew;
  // Other calls may end a run anyhow, or be its last.
  const bool changes = name == std::string("DELETE") || name == std::string("ADD");
  if (changes && needs_operator(fault)) sight_.must_pause = true;
  outside_.trace.say(timeline.now(), sight_.name, "  ", name, " answers ", static_cast<int>(answer->outcome), " ",
                     answer->code);
  return std::move(*answer);
}

Answer<std::vector<GroupInfo>> WorldChat::get_group_info(const std::vector<std::string>& group_ids) {
  const CallFault fault = draw("look");
  const TimeMs sent_at = outside_.timeline.now();
  auto answer = call<std::vector<GroupInfo>>("look", fault, group_ids.size() == 1 ? group_ids.front() : kNoGroup, {},
                                             [&world = outside_.world, group_ids, fault] {
                                               std::vector<GroupInfo> infos;
                                               for (const std::string& id : group_ids) {
                                                 GroupInfo info;
                                                 info.group_id = id;
                                                 const auto group = world.group(id);
                                                 info.error_code = group ? fault.group_code : chat_code::kGroupGone;
                                                 if (info.error_code == 0) {
                                                   info.type = group->type;
                                                   info.name = group->name;
                                                   if (fault.lost_field != 0) info.member_num = group->member_num;
                                                   if (fault.lost_field != 1) info.max_member_num = group->max_members;
                                                   if (fault.lost_field != 2) info.next_msg_seq = group->next_msg_seq;
                                                 }
                                                 infos.push_back(std::move(info));
                                               }
                                               return done(std::move(infos));
                                             });
  if (!answer.done()) return answer;
  for (const GroupInfo& info : answer.value) {
    if (means_gone(info.error_code)) outside_.oracle.gone(info.group_id);
    if (info.group_id == sight_.group_id && info.error_code == 0) sight_.group = info;
    const bool counted = info.member_num && info.max_member_num;
    if (info.error_code == 0 && counted && *info.member_num >= *info.max_member_num && type_is_supported(info.type)) {
      sight_.seen_full[info.group_id] = sent_at;
    }
  }
  return answer;
}

void WorldChat::lose(const CallFault& fault, std::vector<Member>& rows) {
  Dice& dice = outside_.dice;
  for (Member& row : rows) {
    if (fault.lost_field < 0 || dice.between(0, 99) >= fault.lost_field_percent) continue;
    sight_.rows_left_out = true;
    if (fault.lost_field == 0) row.role = Role::kAbsent;
    if (fault.lost_field == 1) row.join_time_s.reset();
    if (fault.lost_field == 2) row.last_sent_time_s.reset();
    if (fault.lost_field == 3) row.msg_seq.reset();
  }
  const std::size_t before = rows.size();
  std::erase_if(rows, [&](const Member&) { return dice.between(0, 99) < fault.lost_rows_percent; });
  if (rows.size() != before) sight_.rows_left_out = true;
}

Answer<MemberPage> WorldChat::get_group_member_info(const MemberQuery& query) {
  const CallFault fault = draw("list");
  if (!sight_.planned_on) sight_.planned_on = sight_.group;
  auto answer = call<MemberPage>("list", fault, query.group_id, {}, [&outside = outside_, query] {
    const chatsim::World& world = outside.world;
    const auto group = world.group(query.group_id);
    if (!group) return refused<MemberPage>(chat_code::kGroupGone);
    const auto limit = static_cast<std::size_t>(query.limit);
    const auto slice =
        query.community
            ? world.members_from(query.group_id, query.next.empty() ? 0 : std::stoull(query.next), limit, {})
            : world.members_by_offset(query.group_id, static_cast<std::size_t>(query.offset), limit, {});
    MemberPage page;
    for (const chatsim::Member& member : slice.members) page.members.push_back(outside.row_of(query.group_id, member));
    page.member_num = group->member_num;
    if (query.community && slice.next != 0) page.next = std::to_string(slice.next);
    return done(std::move(page));
  });
  if (!answer.done()) return answer;
  lose(fault, answer.value.members);
  const TimeMs now = outside_.timeline.now();
  for (const Member& member : answer.value.members) {
    sight_.listing.push_back({member, now, outside_.oracle.orders.member_is_exempt(member.account, now)});
  }
  return answer;
}

Answer<std::vector<Member>> WorldChat::get_specified_group_member_info(const std::string& group_id,
                                                                       const std::vector<std::string>& accounts) {
  const CallFault fault = draw("members");
  auto answer =
      call<std::vector<Member>>("members", fault, group_id, accounts, [&outside = outside_, group_id, accounts] {
        const chatsim::World& world = outside.world;
        if (!world.group(group_id)) return refused<std::vector<Member>>(chat_code::kGroupGone);
        std::vector<Member> rows;
        for (const std::string& account : accounts) {
          if (const auto member = world.member(group_id, account)) rows.push_back(outside.row_of(group_id, *member));
        }
        return done(std::move(rows));
      });
  if (!answer.done()) return answer;
  lose(fault, answer.value);
  for (const std::string& account : accounts) sight_.rows.erase(account);
  sight_.asked_for.insert(accounts.begin(), accounts.end());
  for (const Member& member : answer.value) sight_.rows[member.account] = member;
  return answer;
}

Answer<std::map<std::string, Role>> WorldChat::get_role_in_group(const std::string& group_id,
                                                                 const std::vector<std::string>& accounts) {
  const CallFault fault = draw("roles");
  auto answer = call<std::map<std::string, Role>>(
      "roles", fault, group_id, accounts, [&world = outside_.world, group_id, accounts] {
        if (!world.group(group_id)) return refused<std::map<std::string, Role>>(chat_code::kGroupGone);
        std::map<std::string, Role> roles;
        for (const std::string& account : accounts) {
          const auto member = world.member(group_id, account);
          roles[account] = member ? role_of(member->role) : Role::kNotMember;
        }
        return done(std::move(roles));
      });
  if (!answer.done()) return answer;
  const std::size_t before = answer.value.size();
  std::erase_if(answer.value, [&](const auto&) { return outside_.dice.between(0, 99) < fault.lost_rows_percent; });
  if (answer.value.size() != before) sight_.rows_left_out = true;
  return answer;
}

Answer<std::map<std::string, Presence>> WorldChat::query_online_status(const std::vector<std::string>& accounts) {
  const CallFault fault = draw("presence");
  auto answer = call<std::map<std::string, Presence>>("presence", fault, sight_.group_id, accounts,
                                                      [&world = outside_.world, accounts] {
                                                        std::map<std::string, Presence> statuses;
                                                        for (const std::string& account : accounts) {
                                                          const auto status = world.presence(account);
                                                          if (status == chatsim::Presence::kOffline)
                                                            statuses[account] = Presence::kOffline;
                                                          if (status == chatsim::Presence::kOnline)
                                                            statuses[account] = Presence::kOnline;
                                                          if (status == chatsim::Presence::kPushOnline)
                                                            statuses[account] = Presence::kPushOnline;
                                                        }
                                                        return done(std::move(statuses));
                                                      });
  if (!answer.done()) return answer;
  std::erase_if(answer.value, [&](const auto&) { return outside_.dice.between(0, 99) < fault.lost_rows_percent; });
  for (const std::string& account : accounts) {
    const auto status = answer.value.find(account);
    sight_.presence[account] = status == answer.value.end() ? Presence::kUnknown : status->second;
  }
  return answer;
}

Answer<Nothing> WorldChat::delete_group_member(const std::string& group_id, const std::vector<std::string>& accounts,
                                               bool, const std::string&, const MaySend& may_send) {
  const CallFault fault = draw("DELETE", true);
  sent_at_ = {outside_.timeline.now()};
  if (cancelled_ || (may_send && !may_send())) return {ChatOutcome::kNotSent, 0, "", {}};
  const std::int64_t run_id = outside_.oracle.sends(sight_, group_id, accounts, outside_.timeline.now());
  std::vector<std::string> reached;
  if (fault.trouble == Trouble::kNone || fault.trouble == Trouble::kDoneUnsaid) reached = accounts;
  if (fault.trouble == Trouble::kPartly) {
    const auto count = std::min(fault.applied, accounts.size());
    reached.assign(accounts.begin(), accounts.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return call<Nothing>("DELETE", fault, group_id, accounts, [&outside = outside_, group_id, reached, run_id] {
    if (!outside.world.group(group_id)) return refused<Nothing>(chat_code::kGroupGone);
    outside.note_removal(group_id, reached);
    const auto removed = outside.world.remove(group_id, reached, kAdmin);
    outside.trace.say(outside.timeline.now(), "world", "removed from ", group_id, removed);
    outside.oracle.removed(run_id, removed, outside.timeline.now());
    return done(Nothing{});
  });
}

Answer<std::map<std::string, AddResult>> WorldChat::add_group_member(const std::string& group_id,
                                                                     const std::vector<std::string>& accounts, bool) {
  const CallFault fault = draw("ADD", true);
  if (cancelled_) return {};  // not even sent
  const std::int64_t run_id = outside_.oracle.adds(sight_, group_id, accounts);
  std::vector<std::string> reached;
  if (answers(fault.trouble) || fault.trouble == Trouble::kDoneUnsaid) reached = accounts;
  return call<std::map<std::string, AddResult>>(
      "ADD", fault, group_id, accounts, [&outside = outside_, group_id, reached, run_id] {
        const chatsim::AddOutcome outcome = outside.world.add(group_id, reached, kAdmin);
        if (outcome.code != 0) return refused<std::map<std::string, AddResult>>(outcome.code);
        std::map<std::string, AddResult> results;
        std::vector<std::string> added;
        for (const auto& [account, result] : outcome.results) {
          results[account] = static_cast<AddResult>(result);
          if (results[account] == AddResult::kAdded) added.push_back(account);
        }
        outside.note_return(group_id, added);
        outside.oracle.added(run_id, added, outside.timeline.now());
        return done(std::move(results));
      });
}

Answer<GroupListPage> WorldChat::get_appid_group_list(const std::string& type, std::uint64_t next) {
  return call<GroupListPage>("groups", draw("groups"), kNoGroup, {}, [&world = outside_.world, type, next] {
    const auto [groups, position] = world.list_groups(type, next, 10000);
    GroupListPage page;
    for (const chatsim::GroupInfo& group : groups) page.group_ids.push_back(group.id);
    page.next = position;
    page.total = static_cast<std::int64_t>(world.count_groups(type));
    return done(std::move(page));
  });
}

}  // namespace headroom::model
