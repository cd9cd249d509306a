#include "tests/storage/backend.h"

namespace headroom::test {

Event full_event(const std::string& group_id, TimeMs received_at) {
  Event event;
  event.group_id = group_id;
  event.event_time = received_at - 5;
  event.received_at = received_at;
  event.client_ip = "192.0.2.1";
  event.platform = "RESTAPI";
  event.body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull"})";
  return event;
}

Fingerprint fingerprint(std::uint8_t first) {
  Fingerprint value{};
  value.front() = first;
  return value;
}

Group full_group(const std::string& group_id, std::optional<TimeMs> next_check_at) {
  Group group;
  group.group_id = group_id;
  group.state = GroupState::kFull;
  group.full_since = kNow;
  group.last_full_at = kNow;
  group.full_events = 1;
  group.next_check_at = next_check_at;
  return group;
}

Run a_run(const std::string& group_id, RunState state, RunMode mode, TimeMs created_at) {
  Run run;
  run.group_id = group_id;
  run.state = state;
  run.mode = mode;
  run.created_at = created_at;
  return run;
}

RunMember selected(const std::string& account) {
  RunMember member;
  member.account = account;
  member.joined_at_s = 1'700'000'000;
  member.last_sent_at_s = 0;
  return member;
}

RunMember kept(const std::string& account, Why why) {
  RunMember member;
  member.account = account;
  member.decision = Decision::kKeep;
  member.why = why;
  return member;
}

}  // namespace headroom::test
