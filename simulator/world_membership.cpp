// How members come and go: the part of the world that fires webhooks.
#include <algorithm>

#include "simulator/world.h"

namespace chatsim {
namespace {

constexpr const char* kClientPlatform = "iOS";
constexpr int kGroupFull = 10014;
constexpr int kNoSuchGroup = 10010;
constexpr int kNoSuchAccount = 10019;
constexpr int kAdded = 1;
constexpr int kAlreadyMember = 2;

}  // namespace

JoinOutcome World::join(const std::string& group_id, const std::string& account) {
  const std::lock_guard lock(mutex_);
  Room* room = find(group_id);
  return room == nullptr ? JoinOutcome::kNoGroup : join_locked(*room, account);
}

JoinOutcome World::join_locked(Room& room, const std::string& account) {
  if (room.positions.contains(account)) return JoinOutcome::kAlreadyMember;
  accounts_.try_emplace(account);
  if (room.info.full()) {
    record(Change::kRefused, room, {account});
    report_full(room, kClientPlatform);
    return JoinOutcome::kRefusedFull;
  }
  Member member;
  member.account = account;
  member.join_time_s = clock_() / 1000;
  insert(room, std::move(member));
  record(Change::kJoined, room, {account});
  report_join(room, account, {account}, false);
  if (room.info.full()) report_full(room, kClientPlatform);
  return JoinOutcome::kJoined;
}

bool World::leave(const std::string& group_id, const std::string& account) {
  const std::lock_guard lock(mutex_);
  Room* room = find(group_id);
  if (room == nullptr || !room->positions.contains(account)) return false;
  // Only a Work group lets its owner go [33529].
  if (room->info.owner == account && room->info.type != "Private") return false;
  erase_and_report(*room, account);
  return true;
}

bool World::rejoin(const std::string& group_id, const std::string& account) {
  const std::lock_guard lock(mutex_);
  Room* room = find(group_id);
  if (room == nullptr || !room->positions.contains(account)) return false;
  erase_and_report(*room, account);
  return join_locked(*room, account) == JoinOutcome::kJoined;
}

bool World::speak(const std::string& group_id, const std::string& account) {
  const std::lock_guard lock(mutex_);
  Member* member = find_member(group_id, account);
  if (member == nullptr) return false;
  GroupInfo& info = find(group_id)->info;
  member->msg_seq = info.next_msg_seq++;
  member->last_sent_s = clock_() / 1000;
  info.last_msg_s = member->last_sent_s;
  return true;
}

bool World::read(const std::string& group_id, const std::string& account, std::int64_t up_to) {
  const std::lock_guard lock(mutex_);
  Member* member = find_member(group_id, account);
  if (member == nullptr || up_to < 0) return false;
  member->msg_seq = std::max(member->msg_seq, std::min(up_to, find(group_id)->info.next_msg_seq - 1));
  return true;
}

bool World::mute(const std::string& group_id, const std::string& account, std::int64_t until_s) {
  const std::lock_guard lock(mutex_);
  Member* member = find_member(group_id, account);
  if (member == nullptr || until_s < 0) return false;
  member->mute_until_s = until_s;
  return true;
}

bool World::mute_all(const std::string& group_id, bool on) {
  const std::lock_guard lock(mutex_);
  Room* room = find(group_id);
  if (room == nullptr) return false;
  room->info.mute_all = on;
  return true;
}

bool World::promote(const std::string& group_id, const std::string& account, const std::string& role) {
  const std::lock_guard lock(mutex_);
  Member* member = find_member(group_id, account);
  if (member == nullptr) return false;
  Room& room = *find(group_id);
  if (role == "Owner") {
    if (Member* before = find_member(group_id, room.info.owner)) before->role = "Member";
    room.info.owner = account;
  }
  member->role = role;
  record(Change::kPromoted, room, {account});
  return true;
}

bool World::add_messages(const std::string& group_id, std::int64_t count) {
  const std::lock_guard lock(mutex_);
  Room* room = find(group_id);
  if (room == nullptr || count < 0) return false;
  room->info.next_msg_seq += count;
  if (count > 0) room->info.last_msg_s = clock_() / 1000;
  return true;
}

std::vector<std::string> World::remove(const std::string& group_id, const std::vector<std::string>& accounts,
                                       const std::string& admin) {
  const std::lock_guard lock(mutex_);
  Room* room = find(group_id);
  if (room == nullptr) return {};
  std::vector<std::string> removed;
  for (const std::string& account : accounts) {
    if (account != room->info.owner && erase(*room, account)) removed.push_back(account);
  }
  if (removed.empty()) return removed;
  record(Change::kRemovedByRest, *room, removed);
  report(*room, "Group.CallbackAfterMemberExit", "RESTAPI",
         {{"GroupId", group_id},
          {"Type", room->info.type},
          {"ExitType", std::string("Kicked")},
          {"Operator_Account", admin},
          {"ExitMemberList", removed}});
  return removed;
}

AddOutcome World::add(const std::string& group_id, const std::vector<std::string>& accounts, const std::string& admin) {
  const std::lock_guard lock(mutex_);
  Room* room = find(group_id);
  if (room == nullptr) return {kNoSuchGroup, {}};
  std::vector<std::string> fresh;
  for (const std::string& account : accounts) {
    const auto known = accounts_.find(account);
    if (known == accounts_.end()) return {kNoSuchAccount, {}};
    const bool doubled = std::find(fresh.begin(), fresh.end(), account) != fresh.end();
    if (!doubled && known->second.add_result == kAdded && !room->positions.contains(account)) fresh.push_back(account);
  }
  // All or nobody: Chat's advice for 10014 is to ask for fewer [34921].
  const auto wanted = static_cast<std::int64_t>(fresh.size());
  if (wanted > 0 && !room->info.unlimited() && wanted > room->info.max_members - room->info.member_num) {
    record(Change::kRefused, *room, fresh);
    report_full(*room, "RESTAPI");
    return {kGroupFull, {}};
  }
  AddOutcome out;
  for (const std::string& account : accounts) {
    const bool member = room->positions.contains(account);
    const int result = member ? kAlreadyMember : accounts_[account].add_result;
    if (result == kAdded) insert(*room, Member{account, "Member", clock_() / 1000, 0, 0, 0});
    out.results.emplace_back(account, result);
  }
  if (fresh.empty()) return out;
  record(Change::kAddedByRest, *room, fresh);
  report_join(*room, admin, fresh, true);
  if (room->info.full()) report_full(*room, "RESTAPI");
  return out;
}

void World::insert(Room& room, Member member) {
  const std::uint64_t position = next_position_++;
  accounts_.try_emplace(member.account);
  room.positions[member.account] = position;
  room.members[position] = std::move(member);
  room.info.member_num = static_cast<std::int64_t>(room.members.size());
}

bool World::erase(Room& room, const std::string& account) {
  const auto position = room.positions.find(account);
  if (position == room.positions.end()) return false;
  if (room.info.owner == account) room.info.owner.clear();
  room.members.erase(position->second);
  room.positions.erase(position);
  room.info.member_num = static_cast<std::int64_t>(room.members.size());
  return true;
}

void World::erase_and_report(Room& room, const std::string& account) {
  erase(room, account);
  record(Change::kLeft, room, {account});
  report(room, "Group.CallbackAfterMemberExit", kClientPlatform,
         {{"GroupId", room.info.id},
          {"Type", room.info.type},
          {"ExitType", std::string("Quit")},
          {"Operator_Account", account},
          {"ExitMemberList", AccountList{account}}});
}

void World::record(Change change, const Room& room, std::vector<std::string> accounts) {
  ledger_.append({0, clock_(), change, room.info.id, std::move(accounts), room.info.member_num, room.info.max_members});
}

void World::report(const Room& room, const std::string& command, const std::string& platform,
                   decltype(WebhookEvent::fields) fields) {
  if (!sink_) return;
  WebhookEvent event;
  event.command = command;
  event.group_id = room.info.id;
  event.platform = platform;
  event.event_time_ms = clock_();
  event.fields = std::move(fields);
  sink_(std::move(event));
}

void World::report_full(const Room& room, const std::string& platform) {
  report(room, "Group.CallbackAfterGroupFull", platform, {{"GroupId", room.info.id}});
}

void World::report_join(const Room& room, const std::string& by, const std::vector<std::string>& who, bool by_rest) {
  // Nobody gets into a Work group but by invitation [33529].
  const bool invited = by_rest || room.info.type == "Private";
  report(room, "Group.CallbackAfterNewMemberJoin", by_rest ? "RESTAPI" : kClientPlatform,
         {{"GroupId", room.info.id},
          {"Type", room.info.type},
          {"JoinType", std::string(invited ? "Invited" : "Apply")},
          {"Operator_Account", by},
          {"NewMemberList", who}});
}

}  // namespace chatsim
