#include "tests/model/world_chat.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "headroom/group_state.h"
#include "tests/model/hostile.h"
#include "tests/model/rules.h"
#include "tests/model/world_chat_call.h"

namespace headroom::model {
namespace {

constexpr const char* kNoGroup = "";

GroupInfo info_of(const chatsim::World& world, const std::string& id, const CallFault& fault) {
  GroupInfo info;
  info.group_id = id;
  const auto group = world.group(id);
  info.error_code = group ? fault.group_code : chat_code::kGroupGone;
  if (info.error_code != 0) return info;
  info.type = group->type;
  info.name = group->name;
  if (fault.lost_field != 0) info.member_num = group->member_num;
  if (fault.lost_field != 1) info.max_member_num = group->max_members;
  if (fault.lost_field != 2) info.next_msg_seq = group->next_msg_seq;
  if (fault.lost_field != 3) info.last_msg_time_s = group->last_msg_s;
  if (fault.lost_field != 3) info.mute_all = group->mute_all;
  return info;
}

// Chat's front end gives up on the whole call.
const int* poisoned(const Faults& faults, const std::vector<std::string>& group_ids) {
  for (const std::string& id : group_ids) {
    if (const auto found = faults.poison.find(id); found != faults.poison.end()) return &found->second;
  }
  return nullptr;
}

// Trouble after which nothing can be done but to ask an operator.
bool needs_operator(const CallFault& fault) {
  return fault.trouble == Trouble::kCredentials || fault.trouble == Trouble::kOperatorNeeded;
}

}  // namespace

CallFault WorldChat::draw(const std::string& name, bool deletes) {
  return outside_.faults.draw(name, deletes, outside_.timeline.now());
}

CallFault WorldChat::draw_for(const std::string& name, const std::string& group_id) {
  CallFault fault = draw(name);
  const auto sick = outside_.faults.sick.find(group_id);
  if (sick == outside_.faults.sick.end() || sick->second.from > outside_.timeline.now()) return fault;
  fault.trouble = Trouble::kNotDone;
  fault.code = sick->second.code;
  fault.hostile = Hostility::kNone;
  return fault;
}

bool WorldChat::wait_for_turn(const char* name, const std::string& group_id, const std::vector<std::string>& accounts) {
  const TimeMs now = outside_.timeline.now();
  const TimeMs turn = outside_.turnstiles.take(name, now);
  if (turn > now + kSecondMs) {
    outside_.oracle.coverage.add("calls that waited for their turn");
    sight_.waited = true;
    outside_.faults.note_trouble(turn);
    outside_.stir({name, group_id, accounts, now, turn});
  }
  if (turn > now && !Task::current()->wait_until(turn)) return false;
  return !cancelled_;
}

bool WorldChat::connect() {
  if (!outside_.dice.chance(outside_.slow / 4)) return true;
  const TimeMs now = outside_.timeline.now();
  const TimeMs connected = now + outside_.dice.between(1, kConnectTimeout);
  outside_.faults.note_trouble(connected);
  outside_.stir({"connect", sight_.group_id, {}, now, connected});
  return Task::current()->wait_until(connected) && !cancelled_;
}

void WorldChat::heard(const char* name, const CallFault& fault, const std::string& group_id, ChatOutcome outcome,
                      int code) {
  const TimeMs now = outside_.timeline.now();
  Oracle& oracle = outside_.oracle;
  if (outcome == ChatOutcome::kThrottled) outside_.turnstiles.throttled(name, now);
  if (outcome == ChatOutcome::kThrottled && name == std::string("DELETE")) {
    outside_.turnstiles.throttled("turn to DELETE", now);
  }
  if (!answers(fault.trouble)) oracle.coverage.add("answers that fail");
  if (code != 0 || outcome == ChatOutcome::kDone) sight_.offset = outside_.faults.skew - oracle.clock.error();
  const bool changes = name == std::string("DELETE") || name == std::string("ADD") || name == std::string("RAISE");
  if (means_gone(code) && changes && outside_.world.group(group_id)) {
    sight_.told_gone = true;
  } else if (means_gone(code)) {
    oracle.gone(group_id);
  }
  // Other calls may end a run anyhow, or be its last.
  if (changes && needs_operator(fault)) sight_.must_pause = true;
  outside_.trace.say(now, sight_.name, "  ", name, " answers ", static_cast<int>(outcome), " ", code);
}

Answer<std::vector<GroupInfo>> WorldChat::get_group_info(const std::vector<std::string>& group_ids) {
  CallFault fault = draw("look");
  if (const int* code = poisoned(outside_.faults, group_ids)) {
    outside_.oracle.coverage.add("looks that one id spoiled");
    fault.trouble = Trouble::kNotDone;
    fault.code = *code;
    fault.times_out = false;
  }
  auto answer = call<std::vector<GroupInfo>>("look", fault, group_ids.size() == 1 ? group_ids.front() : kNoGroup, {},
                                             [&world = outside_.world, group_ids, fault] {
                                               std::vector<GroupInfo> infos;
                                               for (const std::string& id : group_ids) {
                                                 infos.push_back(info_of(world, id, fault));
                                               }
                                               return done(std::move(infos));
                                             });
  if (group_ids.size() == 1 && means_gone(answer.code)) sight_.looked_at = {{group_ids.front(), sent_at_}};
  if (!answer.done()) return answer;
  if (fault.hostile != Hostility::kNone) {
    outside_.oracle.coverage.add("hostile looks");
    const std::size_t before = answer.value.size();
    answer = hostile::group_info(answer.value, group_ids, fault.hostile);
    const bool half = fault.hostile == Hostility::kHalfEmoji;
    if (half && (!answer.done() || answer.value.size() != before)) {
      outside_.oracle.fail("names", "a group's name decides whether its look is an answer");
    }
    if (!answer.done()) return answer;
    if (fault.hostile == Hostility::kTinyMax) note_believable_lies(answer.value);
  }
  see_groups(answer.value);
  return answer;
}

// In a group of a few a limit of one contradicts nothing: it looks like one that somebody has set.
void WorldChat::note_believable_lies(const std::vector<GroupInfo>& infos) {
  for (const GroupInfo& info : infos) {
    if (info.error_code != 0 || !info.member_num || !info.max_member_num) continue;
    if (capacity_is_absurd(*info.member_num, *info.max_member_num)) continue;
    outside_.oracle.others_set_limit(info.group_id, *info.max_member_num);
  }
}

void WorldChat::see_groups(const std::vector<GroupInfo>& infos) {
  sight_.looked_at.clear();
  for (const GroupInfo& info : infos) {
    sight_.looked_at[info.group_id] = sent_at_;
    if (means_gone(info.error_code)) outside_.oracle.gone(info.group_id);
    if (info.group_id == sight_.group_id && info.error_code == 0) {
      sight_.group = info;
      sight_.group_sent_at = sent_at_;
      sight_.group_shown_at = outside_.timeline.now();
    }
    const bool counted = info.member_num && info.max_member_num;
    if (info.error_code == 0 && counted && *info.member_num >= *info.max_member_num && type_is_supported(info.type)) {
      sight_.seen_full[info.group_id] = outside_.oracle.clock.wall(sent_at_);
    }
  }
}

Answer<GroupListPage> WorldChat::get_appid_group_list(const std::string& type, std::uint64_t next) {
  const CallFault fault = draw("groups");
  auto answer = call<GroupListPage>("groups", fault, kNoGroup, {}, [&world = outside_.world, type, next] {
    const auto [groups, position] = world.list_groups(type, next, 10000);
    GroupListPage page;
    for (const chatsim::GroupInfo& group : groups) page.group_ids.push_back(group.id);
    page.next = position;
    page.total = static_cast<std::int64_t>(world.count_groups(type));
    return done(std::move(page));
  });
  if (!answer.done()) return answer;
  if (fault.hostile == Hostility::kNone || answer.value.total == 0) {
    sight_.unread_pages.erase({type, next});
    return answer;
  }
  sight_.unread_pages.insert({type, next});
  outside_.oracle.coverage.add("hostile lists of groups");
  return hostile::group_list(answer.value, next, fault.hostile);
}

}  // namespace headroom::model
