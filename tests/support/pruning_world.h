#pragma once

#include <cstdint>
#include <string>

#include "tests/support/engine_world.h"
#include "tests/support/no_self_pause.h"

namespace headroom::support {

// A group "g" that Chat shows full of members who have been silent for long, and what a run needs around it.
class PruningWorld : protected EngineWorld {
 protected:
  static constexpr std::int64_t kMembers = 40;

  explicit PruningWorld(SchedulerMode mode) {
    settings_.mode = mode;
    settings_.policy.reader_backlog = 0;
    take_over();
    chat_.steady = [this] { return clock_.steady_now(); };
    chat_.put_group("g", "Public", kMembers, kMembers);
    for (std::int64_t i = 0; i < kMembers; ++i) {
      chat_.members["g"].push_back(idle_member(i));
      chat_.presence[account_of(i)] = Presence::kOffline;
    }
  }
  ReadView& view() { return database_.view(); }

  static std::string account_of(std::int64_t i) { return "m" + std::to_string(i); }
  static Member idle_member(std::int64_t i) {
    Member member;
    member.account = account_of(i);
    member.role = Role::kMember;
    member.join_time_s = kNow / 1000 - 400 * 86400;
    member.last_sent_time_s = kNow / 1000 - 300 * 86400;
    return member;
  }
  // As the store has it: full for an hour, and due.
  static Group full_group() {
    Group group;
    group.group_id = "g";
    group.observed_at = kNow - kHourMs;
    group.full_since = kNow - kHourMs;
    group.next_check_at = kNow;
    return group;
  }

  NoSelfPause self_pause_;
};

}  // namespace headroom::support
