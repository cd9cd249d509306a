#include "simulator/population.h"

namespace chatsim {
namespace {

constexpr std::int64_t kDay = 86'400;

class Settling {
 public:
  Settling(const Population& population, std::int64_t now_s, std::int64_t next_msg_seq)
      : prefix_(population.prefix), now_s_(now_s), next_msg_seq_(next_msg_seq) {}

  // `sent_days` ago they spoke last; negative = never. `unread` messages are newer than what they have read.
  void add(const char* role, const char* kind, std::int64_t join_days, std::int64_t sent_days, std::int64_t unread) {
    Member member;
    member.account = prefix_ + '-' + kind + '-' + std::to_string(++count_);
    member.role = role;
    member.join_time_s = now_s_ - join_days * kDay;
    member.last_sent_s = sent_days < 0 ? 0 : now_s_ - sent_days * kDay;
    member.msg_seq = next_msg_seq_ - 1 > unread ? next_msg_seq_ - 1 - unread : 0;
    out.members.push_back(std::move(member));
  }

  Settlers out;

 private:
  const std::string prefix_;
  const std::int64_t now_s_;
  const std::int64_t next_msg_seq_;
  int count_ = 0;
};

}  // namespace

Settlers settle(const Population& population, std::int64_t now_s, std::int64_t next_msg_seq) {
  constexpr std::int64_t kFarBehind = 2000;
  Settling settling(population, now_s, next_msg_seq);
  for (int i = 0; i < population.owners; ++i) settling.add("Owner", "owner", 400, -1, kFarBehind);
  for (int i = 0; i < population.admins; ++i) settling.add("Admin", "admin", 390, 300, kFarBehind);
  for (int i = 0; i < population.newcomers; ++i) settling.add("Member", "newcomer", 1, -1, kFarBehind);
  for (int i = 0; i < population.active; ++i) settling.add("Member", "active", 200, 1 + i % 20, 3);
  for (int i = 0; i < population.readers; ++i) settling.add("Member", "reader", 200, 100, 5);
  for (int i = 0; i < population.online; ++i) {
    settling.add("Member", "online", 200, 100, kFarBehind);
    settling.out.online.push_back(settling.out.members.back().account);
  }
  for (int i = 0; i < population.inactive; ++i) {
    const std::int64_t days = population.inactive_days + i;
    const bool spoke = i % 2 == 0;
    settling.add("Member", "inactive", spoke ? days + 30 : days, spoke ? days : -1, kFarBehind);
  }
  return std::move(settling.out);
}

bool create_populated(World& world, GroupSpec spec, const Population& population) {
  Settlers settlers = settle(population, world.now_ms() / 1000, spec.next_msg_seq);
  spec.members = std::move(settlers.members);
  if (!world.create_group(spec)) return false;
  bool push = false;
  for (const std::string& account : settlers.online) {
    world.set_presence(account, push ? Presence::kPushOnline : Presence::kOnline);
    push = !push;
  }
  return true;
}

}  // namespace chatsim
