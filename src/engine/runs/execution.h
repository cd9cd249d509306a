#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/gate/gate.h"
#include "engine/gate/settings.h"
#include "engine/looks/chat_session.h"
#include "engine/looks/membership.h"
#include "engine/runs/late_calls.h"
#include "engine/writer.h"
#include "headroom/observer.h"
#include "headroom/storage.h"

namespace headroom {

// Carries out one stored plan, batch by batch: take the delete call's turn, look, judge again, write down the intent,
// delete, look again, write down the outcome. What holds at each step:
//   * Whatever it sees on the way may only shrink the plan.
//   * Who is judged is judged by the plan's policy and by the one in force: both must find them removable.
//   * From the sending of the oldest last look to that of the delete call pass at most kLooksStayFresh. Everything that
//     takes time lies between the two, so the age is asked for when nothing is left to wait for; older looks are made
//     anew. So are the orders: what an operator was told to hold does.
//   * Intent is on disk before the call, and is withdrawn when nothing was sent or Chat refused the whole call.
//   * While the calendar is closed nothing is sent. Who meets that keeps what is left of the plan for the opening.
//   * A member whose fate nobody could look up leaves the run open: it is closed by looking, never by guessing. Where
//     a call's answer was lost, only a look that went out when nothing could come of the call any more says it.
class Execution {
 public:
  static constexpr DurationMs kLooksStayFresh = 5 * kSecondMs;
  // So often in a row looks may be too old before the run ends with chat_too_slow, or others quicker with the limits.
  static constexpr int kMaxVainTries = 5;

  Execution(ChatSession& chat, Writer& writer, ReadView& view, Clock& clock, const SettingsCell& settings,
            const Gate& gate, Observer& observer, Run run);

  struct End {
    Run run;                   // finished, unless parked or in_doubt
    std::optional<Look> look;  // the closing one
    bool parked = false;       // the calendar closed, nobody is in doubt: the run goes on when it opens
    bool in_doubt = false;     // members were sent whose fate nobody could look up: the run stays open
    Reason pause_reason;       // not kNone: the scheduler has to pause itself with it
  };
  End execute();

 private:
  // A member that was sent, or that Chat would not take, and that is to be tried again.
  struct Tried {
    int code = 0;              // Chat's last
    bool may_be_done = false;  // a call of ours was not refused outright: if the member is gone, it may have been that
    Outcome outcome = Outcome::kStillMember;  // theirs, should they be in the group in the end
  };

  std::optional<Stop> step();
  std::optional<Stop> take_turn();
  std::optional<Stop> may_go_on(ReadView& view);
  OrStop<std::int64_t> seats_needed();
  std::size_t within_limits(std::size_t count) const;
  void note_sent(const std::vector<std::string>& accounts, bool answered);
  void settle(const std::string& account, Outcome outcome, std::map<std::string, Outcome>& settled);
  void look_at_late(bool pauses);
  OrStop<Found> find_late(const std::vector<RunMember>& late);
  void record_unsettled();
  bool is_counted(const std::string& account) const;
  OrStop<std::vector<RunMember>> judge_again(std::size_t count);
  bool is_removable(const Member& member, const JudgeContext& context) const;
  std::optional<Stop> settle_vanished(const std::vector<RunMember>& vanished, std::map<std::string, Outcome>& settled,
                                      std::vector<std::string>& back);
  bool asks_presence(const Member& member, const JudgeContext& context) const;

  bool looks_are_fresh() const;
  std::optional<Stop> looks_too_old(const std::vector<RunMember>& batch);
  OrStop<bool> write_intent(const std::vector<std::string>& accounts);
  void withdraw_intent(const std::vector<std::string>& accounts);
  bool may_send(const std::vector<std::string>& accounts);
  std::optional<Stop> remove(const std::vector<RunMember>& batch);
  std::optional<Stop> not_sent(const std::vector<RunMember>& batch, const Answer<Nothing>& answer);
  void note_refusal(const std::vector<RunMember>& batch, int code);
  std::optional<Stop> refused(const std::vector<RunMember>& batch, int code);
  std::optional<Stop> isolate(const std::vector<RunMember>& batch, int code);
  std::optional<Stop> verify(const std::vector<RunMember>& batch, const Answer<Nothing>& answer);
  std::optional<Stop> try_again_later(const std::vector<RunMember>& batch, const Answer<Nothing>& answer);
  // `back`: of those that were removed, who was seen in the group again.
  void record(const std::map<std::string, Outcome>& outcomes, int error_code,
              const std::vector<std::string>& back = {});
  void put_back(const std::vector<RunMember>& batch);
  End finish(const std::optional<Stop>& seen);

  ChatSession& chat_;
  Writer& writer_;
  ReadView& view_;
  Clock& clock_;
  const SettingsCell& settings_cell_;
  const Gate& gate_;
  Observer& observer_;

  Run run_;
  std::deque<RunMember> pending_;
  std::map<std::string, Tried> tried_;  // and not settled yet
  LateCalls late_;
  std::size_t batch_size_ = 20;
  std::shared_ptr<const Settings> settings_;  // in force when the batch in hand was judged
  std::optional<Look> look_;
  bool held_back_ = false;         // the call in hand: by may_send
  std::optional<Stop> send_stop_;  // and that ends the run
  bool has_turn_ = false;          // of the delete call
  int vain_tries_ = 0;             // in a row: no call went out
  int failures_ = 0;               // in a row
  SteadyMs failing_since_;
  bool enough_ = false;
  bool in_doubt_ = false;
};

}  // namespace headroom
