// What Chat shows of members.
#include <algorithm>

#include "tests/model/hostile.h"
#include "tests/model/world_chat_call.h"

namespace headroom::model {
namespace {

std::vector<std::string> accounts_in(const std::vector<Member>& rows) {
  std::vector<std::string> accounts;
  for (const Member& row : rows) accounts.push_back(row.account);
  return accounts;
}

}  // namespace

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
  const CallFault fault = draw_for("list", query.group_id);
  const bool first = !sight_.planned_on;
  if (first) sight_.planned_on = sight_.group;
  if (first && sight_.notes) outside_.oracle.lists_for_note(sight_, outside_.timeline.now());
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
  answer.value.rows = std::ssize(answer.value.members);
  std::vector<std::string> doubled;
  if (fault.hostile != Hostility::kNone) {
    const MemberPage page = std::move(answer.value);
    doubled = doubles(fault, accounts_in(page.members));
    answer = hostile::member_page(page, query, fault.hostile, doubled);
    outside_.oracle.coverage.add("hostile pages of members");
    const bool absent = fault.hostile == Hostility::kNoList || fault.hostile == Hostility::kNullList;
    if (absent && !page.members.empty()) sight_.absent_pages.insert({query.offset, query.next});
    if (fault.hostile == Hostility::kEmptyList && !page.members.empty()) sight_.rows_left_out = true;
    if (absent || !answer.done()) return answer;
  }
  sight_.absent_pages.erase({query.offset, query.next});
  see_page(answer.value, query.group_id, doubled);
  return answer;
}

// Some of them, or all.
std::vector<std::string> WorldChat::doubles(const CallFault& fault, std::vector<std::string> accounts) {
  if (fault.hostile != Hostility::kDoubled) return {};
  const double share = outside_.dice.chance(0.3) ? 1 : 0.3;
  std::erase_if(accounts, [&](const std::string&) { return !outside_.dice.chance(share); });
  outside_.oracle.coverage.add("accounts that stand twice in an answer", static_cast<std::int64_t>(accounts.size()));
  return accounts;
}

void WorldChat::see_page(const MemberPage& page, const std::string& group_id, const std::vector<std::string>& doubled) {
  const TimeMs now = outside_.timeline.now();
  for (const Member& member : page.members) {
    const bool twice = std::find(doubled.begin(), doubled.end(), member.account) != doubled.end();
    const TimeMs wall = outside_.wall();  // an exemption ends by the daemon's clock, as long as that is bearable
    sight_.listing.push_back({member, wall, outside_.oracle.orders.member_is_exempt(member.account, wall), twice});
    if (!twice) outside_.oracle.seen(group_id, member, now);
    if (!twice && outside_.oracle.is_back(group_id, member)) sight_.seen_back.insert(member.account);
  }
}

Answer<std::vector<Member>> WorldChat::get_specified_group_member_info(const std::string& group_id,
                                                                       const std::vector<std::string>& accounts) {
  const CallFault fault = draw_for("members", group_id);
  const auto asked_at = std::make_shared<TimeMs>(0);  // what was sent may arrive when nobody waits any more
  auto answer = call<std::vector<Member>>("members", fault, group_id, accounts,
                                          [&outside = outside_, group_id, accounts, asked_at] {
                                            const chatsim::World& world = outside.world;
                                            if (!world.group(group_id))
                                              return refused<std::vector<Member>>(chat_code::kGroupGone);
                                            *asked_at = outside.timeline.now();
                                            std::vector<Member> rows;
                                            for (const std::string& account : accounts) {
                                              if (const auto member = world.member(group_id, account))
                                                rows.push_back(outside.row_of(group_id, *member));
                                            }
                                            return done(std::move(rows));
                                          });
  if (!answer.done()) return answer;
  lose(fault, answer.value);
  std::vector<std::string> doubled;
  if (fault.hostile != Hostility::kNone) {
    const std::vector<Member> rows = std::move(answer.value);
    doubled = doubles(fault, accounts_in(rows));
    answer = hostile::members(rows, accounts, fault.hostile, doubled);
    outside_.oracle.coverage.add("hostile look-ups of members");
    if (!doubled.empty()) sight_.rows_doubled = true;
    if (fault.hostile == Hostility::kEmptyList && !rows.empty()) sight_.rows_left_out = true;
    const bool absent = fault.hostile == Hostility::kNoList || fault.hostile == Hostility::kNullList;
    if (absent || !answer.done()) return answer;  // whatever the daemon takes it for
  }
  outside_.oracle.asked(group_id, accounts, *asked_at);
  for (const std::string& account : accounts) {
    sight_.rows.erase(account);
    sight_.doubled.erase(account);
    sight_.rows_sent_at[account] = sent_at_;
  }
  sight_.asked_for.insert(accounts.begin(), accounts.end());
  sight_.doubled.insert(doubled.begin(), doubled.end());
  for (const Member& member : answer.value) {
    sight_.rows[member.account] = member;
    outside_.oracle.seen(group_id, member, outside_.timeline.now());
  }
  return answer;
}

Answer<std::map<std::string, Role>> WorldChat::get_role_in_group(const std::string& group_id,
                                                                 const std::vector<std::string>& accounts) {
  const CallFault fault = draw_for("roles", group_id);
  const auto asked_at = std::make_shared<TimeMs>(0);  // what was sent may arrive when nobody waits any more
  auto answer = call<std::map<std::string, Role>>(
      "roles", fault, group_id, accounts, [&outside = outside_, group_id, accounts, asked_at] {
        const chatsim::World& world = outside.world;
        if (!world.group(group_id)) return refused<std::map<std::string, Role>>(chat_code::kGroupGone);
        *asked_at = outside.timeline.now();
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
  if (fault.hostile != Hostility::kNone) {
    if (fault.hostile == Hostility::kEmptyList) sight_.rows_left_out = true;
    outside_.oracle.coverage.add("hostile roles");
    answer = hostile::roles(answer.value, accounts, fault.hostile);
  }
  if (answer.done()) outside_.oracle.asked(group_id, accounts, *asked_at);
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
  std::vector<std::string> doubled;
  if (fault.hostile != Hostility::kNone) {
    doubled = doubles(fault, accounts);
    answer = hostile::statuses(answer.value, accounts, fault.hostile, doubled);
    outside_.oracle.coverage.add("hostile online statuses");
    if (!doubled.empty()) sight_.statuses_doubled = true;
    if (!answer.done()) return answer;
  }
  for (const std::string& account : accounts) {
    const auto status = answer.value.find(account);
    const bool twice = std::find(doubled.begin(), doubled.end(), account) != doubled.end();
    const bool absent = fault.hostile == Hostility::kNoList || fault.hostile == Hostility::kNullList;
    const bool unknown = status == answer.value.end() || twice || absent;
    sight_.presence[account] = unknown ? Presence::kUnknown : status->second;
    sight_.presence_sent_at[account] = sent_at_;
    ++sight_.statuses_asked;
    if (unknown && !twice) ++sight_.statuses_missing;
  }
  return answer;
}

}  // namespace headroom::model
