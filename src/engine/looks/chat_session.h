#pragma once

#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/gate/stop.h"
#include "headroom/chat_api.h"
#include "headroom/clock.h"
#include "headroom/group_state.h"
#include "headroom/sweep.h"

namespace headroom {

// Chat as a run sees it: reads are tried again within bounds, and what is no answer is a Stop.
class ChatSession {
 public:
  // At most this often, and for this long, one call is tried.
  static constexpr int kMaxAttempts = 5;
  static constexpr int kMaxAttemptsForMany = 3;  // a call that is halved afterwards
  static constexpr DurationMs kMaxTrying = kMinuteMs;
  static constexpr const char* kNoGroup = "headroom-probe";  // a group id like any other, and nobody's
  static constexpr DurationMs kMaxClockSkew = 2 * kMinuteMs;

  // `random`: 0..1, for the jitter.
  ChatSession(ChatApi& chat, Clock& clock, std::function<double()> random)
      : chat_(chat), clock_(clock), random_(std::move(random)) {}

  // One group, now. A group that is gone is a look, not a stop.
  OrStop<Look> look(const std::string& group_id);
  // Several, at most kMaxGroupsPerLook; groups that the answer leaves out, or has an error of its own for, are
  // missing or carry that error. What fails for one of them is halved until it stands alone (HalvedLook).
  OrStop<std::vector<GroupInfo>> look_all(const std::vector<std::string>& group_ids);
  // When the oldest of the calls that the last look_all() goes by went out. A try that is made again is none of them.
  TimeMs looked_at() const { return looked_at_; }

  Answer<GroupListPage> group_list(const SweepPosition& position);
  Answer<MemberPage> member_page(const MemberQuery& query);
  // Any number of accounts; those that are no members are missing.
  OrStop<std::map<std::string, Member>> members(const std::string& group_id, const std::vector<std::string>& accounts);
  Answer<std::map<std::string, Role>> roles(const std::string& group_id, const std::vector<std::string>& accounts);
  // At most kMaxAccountsPerStatus accounts; each is in the value, as kUnknown when Chat did not say.
  OrStop<std::map<std::string, Presence>> presence(const std::vector<std::string>& accounts);

  // The looks made from here on are those that a delete call goes by.
  void begin_looks() { oldest_look_.reset(); }
  // When the oldest of them that was answered went out; nullopt: there was none.
  std::optional<SteadyMs> oldest_look() const { return oldest_look_; }
  SteadyMs last_sent_at() const { return chat_.last_sent_at(); }

  // False when the daemon stops.
  bool await_delete_turn() { return chat_.await_delete_turn(); }
  // Not repeated: what becomes of it is decided by looking.
  Answer<Nothing> remove(const std::string& group_id, const std::vector<std::string>& accounts, const Policy& policy,
                         const MaySend& may_send);
  Answer<Nothing> set_limit(const std::string& group_id, std::int64_t max_members, const MaySend& may_send) {
    return chat_.modify_group_base_info(group_id, max_members, may_send);
  }
  Answer<std::map<std::string, AddResult>> add(const std::string& group_id, const std::vector<std::string>& accounts,
                                               const Policy& policy);

  // Set when Chat's clock and ours are more than two minutes apart.
  std::optional<Stop> clock_stop() const { return clock_stop_of(chat_); }
  static std::optional<Stop> clock_stop_of(const ChatApi& chat);
  // What an answer that is not kDone means for the run that asked. A UserSig that is refused while the clocks are apart
  // says nothing about the key.
  Stop stop_for(ChatOutcome outcome, int code) const;

  // Sleeps before try number `attempt` + 1; false when that would be too long or the daemon stops.
  bool wait_before_retry(int attempt, SteadyMs started_at);

 private:
  template <typename Call>
  auto persist(Call call, int most_attempts = kMaxAttempts) -> decltype(call());
  void note_look();
  bool answers_at_all();

  ChatApi& chat_;
  Clock& clock_;
  std::function<double()> random_;
  std::optional<SteadyMs> oldest_look_;
  TimeMs looked_at_ = 0;
};

}  // namespace headroom
