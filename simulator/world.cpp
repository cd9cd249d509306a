#include "simulator/world.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace chatsim {
namespace {

constexpr int kNoSuchGroup = 10010;
constexpr int kInvalidParameter = 10004;
constexpr int kAbovePlan = 10038;

}  // namespace

bool World::create_group(const GroupSpec& spec) {
  const std::lock_guard lock(mutex_);
  const bool unlimited = spec.type == "AVChatRoom";
  const auto count = static_cast<std::int64_t>(spec.members.size());
  if (!is_group_id(spec.id) || !is_group_type(spec.type) || find(spec.id) != nullptr || spec.max_members < 1 ||
      (!unlimited && count > spec.max_members)) {
    return false;
  }
  std::unordered_set<std::string> seen;
  for (const Member& member : spec.members) {
    if (!seen.insert(member.account).second) return false;
  }
  Room room;
  room.info.id = spec.id;
  room.info.type = spec.type;
  room.info.name = spec.name.empty() ? spec.id : spec.name;
  room.info.max_members = spec.max_members;
  room.info.next_msg_seq = spec.next_msg_seq;
  room.info.create_time_s = spec.create_time_s != 0 ? spec.create_time_s : clock_() / 1000;
  room.info.last_msg_s = spec.last_msg_s;
  room.info.mute_all = spec.mute_all;
  room.number = next_group_++;
  for (const Member& member : spec.members) {
    if (member.role == "Owner" && room.info.owner.empty()) room.info.owner = member.account;
    room.info.last_msg_s = std::max(room.info.last_msg_s, member.last_sent_s);
    insert(room, member);
  }
  by_number_[room.number] = spec.id;
  record(Change::kGroupCreated, room, {});
  rooms_[spec.id] = std::move(room);
  return true;
}

bool World::destroy(const std::string& group_id) {
  const std::lock_guard lock(mutex_);
  Room* room = find(group_id);
  if (room == nullptr) return false;
  AccountList everybody;
  for (const auto& [position, member] : room->members) everybody.push_back(member.account);
  room->members.clear();
  room->info.member_num = 0;
  record(Change::kGroupDestroyed, *room, everybody);
  report(*room, "Group.CallbackAfterGroupDestroyed", "RESTAPI",
         {{"GroupId", group_id},
          {"Type", room->info.type},
          {"Owner_Account", room->info.owner},
          {"Name", room->info.name},
          {"MemberList", everybody}});
  by_number_.erase(room->number);
  rooms_.erase(group_id);
  return true;
}

bool World::set_max(const std::string& group_id, std::int64_t max_members) {
  const std::lock_guard lock(mutex_);
  Room* room = find(group_id);
  if (room == nullptr || max_members < 1) return false;
  room->info.max_members = max_members;
  record(Change::kMaxChanged, *room, {});
  return true;
}

void World::set_ceiling(const std::string& type, const Ceiling& ceiling) {
  const std::lock_guard lock(mutex_);
  ceilings_[type] = ceiling;
}

void World::allow_limit_below_members(bool allow) {
  const std::lock_guard lock(mutex_);
  limit_below_members_ = allow;
}

int World::modify_max(const std::string& group_id, std::int64_t max_members) {
  const std::lock_guard lock(mutex_);
  Room* room = find(group_id);
  if (room == nullptr) return kNoSuchGroup;
  if (room->info.unlimited()) return 0;
  if (max_members < room->info.member_num && !limit_below_members_) return kInvalidParameter;
  const auto found = ceilings_.find(room->info.type);
  const Ceiling ceiling =
      found != ceilings_.end() ? found->second : Ceiling{room->info.type == "Community" ? 1'000'000 : 6000};
  if (max_members > ceiling.max_members && !ceiling.cuts) return kAbovePlan;
  room->info.max_members = std::min(max_members, ceiling.max_members);
  record(Change::kMaxSetByRest, *room, {});
  return 0;
}

void World::set_presence(const std::string& account, Presence presence) {
  const std::lock_guard lock(mutex_);
  accounts_[account].presence = presence;
}

std::optional<Presence> World::presence(const std::string& account) const {
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(account);
  if (found == accounts_.end()) return std::nullopt;
  return found->second.presence;
}

void World::set_add_result(const std::string& account, int result) {
  const std::lock_guard lock(mutex_);
  accounts_[account].add_result = result;
}

bool World::delete_account(const std::string& account) {
  const std::lock_guard lock(mutex_);
  if (accounts_.erase(account) == 0) return false;
  for (auto& [id, room] : rooms_) {
    if (room.positions.contains(account)) erase_and_report(room, account);
  }
  return true;
}

std::optional<GroupInfo> World::group(const std::string& group_id) const {
  const std::lock_guard lock(mutex_);
  const Room* room = find(group_id);
  return room == nullptr ? group_by_rule(group_id) : room->info;
}

std::optional<Member> World::member(const std::string& group_id, const std::string& account) const {
  const std::lock_guard lock(mutex_);
  const Room* room = find(group_id);
  if (room == nullptr) return std::nullopt;
  const auto position = room->positions.find(account);
  if (position == room->positions.end()) return std::nullopt;
  return room->members.at(position->second);
}

std::vector<Member> World::members(const std::string& group_id) const {
  return members_by_offset(group_id, 0, rooms_.max_size(), {}).members;
}

MemberSlice World::members_by_offset(const std::string& group_id, std::size_t offset, std::size_t limit,
                                     const Accept& accept) const {
  const std::lock_guard lock(mutex_);
  const Room* room = find(group_id);
  if (room == nullptr) return {};
  return slice(*room, room->members.begin(), offset, limit, accept);
}

MemberSlice World::members_from(const std::string& group_id, std::uint64_t position, std::size_t limit,
                                const Accept& accept) const {
  const std::lock_guard lock(mutex_);
  const Room* room = find(group_id);
  if (room == nullptr) return {};
  return slice(*room, room->members.lower_bound(position), 0, limit, accept);
}

MemberSlice World::slice(const Room& room, std::map<std::uint64_t, Member>::const_iterator at, std::size_t skip,
                         std::size_t limit, const Accept& accept) {
  MemberSlice out;
  for (; at != room.members.end(); ++at) {
    if (accept && !accept(at->second)) continue;
    if (skip > 0) {
      --skip;
      continue;
    }
    if (out.members.size() == limit) {
      out.next = at->first;
      break;
    }
    out.members.push_back(at->second);
  }
  return out;
}

std::vector<LedgerEntry> World::ledger(std::uint64_t after, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return ledger_.entries(after, limit);
}

std::uint64_t World::ledger_size() const {
  const std::lock_guard lock(mutex_);
  return ledger_.size();
}

const World::Room* World::find(const std::string& group_id) const {
  const auto found = rooms_.find(group_id);
  return found == rooms_.end() ? nullptr : &found->second;
}

World::Room* World::find(const std::string& group_id) {
  const auto found = rooms_.find(group_id);
  return found == rooms_.end() ? nullptr : &found->second;
}

Member* World::find_member(const std::string& group_id, const std::string& account) {
  Room* room = find(group_id);
  if (room == nullptr) return nullptr;
  const auto position = room->positions.find(account);
  return position == room->positions.end() ? nullptr : &room->members.at(position->second);
}

}  // namespace chatsim
