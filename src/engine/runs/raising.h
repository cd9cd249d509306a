#pragma once

#include <memory>
#include <optional>

#include "engine/gate/gate.h"
#include "engine/gate/settings.h"
#include "engine/looks/chat_session.h"
#include "engine/writer.h"
#include "headroom/raise.h"
#include "headroom/storage.h"

namespace headroom {

// Carries out one stored run that sets a limit: look, write down the intent, send, look again. As where members are
// removed (Execution): what it sees on the way may only end it, orders hold up to the moment at which the call goes
// out, the look behind which it goes is no older than Execution::kLooksStayFresh, and an answer that was lost is found
// out by looking. A restore of a limit begins anew wherever an earlier process stopped: to set it twice does no harm.
class Raising {
 public:
  Raising(ChatSession& chat, Writer& writer, ReadView& view, Clock& clock, const SettingsCell& settings,
          const Gate& gate, Run run);

  struct End {
    Run run;                      // finished, unless in_doubt
    std::optional<Look> look;     // the closing one
    bool parked = false;          // waits for the calendar: nothing was sent
    bool in_doubt = false;        // sent, and nobody could look what became of it: the run stays open
    std::optional<Stop> in_vain;  // in doubt, because of this look
    Reason pause_reason;          // not kNone: the scheduler has to pause itself with it
    std::optional<LearnedCeiling> lesson;
    bool another = false;  // the group goes on to another run, at once
  };
  // `doubted_at`: of one that an earlier process may have sent, since when nothing was sent for it.
  End carry_out(std::optional<SteadyMs> doubted_at = std::nullopt);

 private:
  bool restores() const { return run_.mode == RunMode::kRestore; }
  std::optional<Stop> step();
  std::optional<Stop> may_go_on(ReadView& view) const;
  OrStop<Look> look_now();
  std::optional<Stop> look_again();
  std::optional<Stop> look_at_restore(const GroupInfo& info);
  std::optional<Stop> look_at_raise(const GroupInfo& info);
  bool is_fresh() const;
  std::optional<Stop> stop_of_a_raise(Transaction& storage);
  std::optional<Stop> write_intent();
  void withdraw_intent();
  std::optional<Stop> send();
  std::optional<Stop> not_sent(const Answer<Nothing>& answer);
  std::optional<Stop> verify(const Answer<Nothing>& answer);
  std::optional<Stop> try_again_later(const Answer<Nothing>& answer);
  bool is_set(std::int64_t limit) const;
  std::optional<std::int64_t> limit() const;
  std::optional<LearnedCeiling> lesson(std::int64_t asked) const;
  bool wait_for_late_call(bool pauses);
  End finish(const std::optional<Stop>& seen);

  ChatSession& chat_;
  Writer& writer_;
  ReadView& view_;
  Clock& clock_;
  const SettingsCell& settings_cell_;
  const Gate& gate_;

  Run run_;
  std::shared_ptr<const Settings> settings_;  // in force when the group was looked at
  std::optional<Look> look_;                  // the newest
  SteadyMs looked_at_;                        // when it went out, at the earliest
  RaiseAnswer answer_;
  std::optional<GroupType> asked_of_;   // the group's type when the call went out
  std::optional<TimeMs> withdrawn_at_;  // the intent of the call that was refused
  bool may_be_done_ = false;            // by a call that was not refused outright
  std::optional<SteadyMs> lost_at_;     // when the last call went out whose answer nobody heard
  bool verified_ = false;     // look_ is behind the call
  bool over_ = false;
  bool in_doubt_ = false;
  bool held_back_ = false;         // the call in hand: by may_go_on, by time, by other settings
  std::optional<Stop> send_stop_;  // and that ends the run
  int vain_tries_ = 0;             // in a row
  int failures_ = 0;               // in a row
  SteadyMs failing_since_;
};

}  // namespace headroom
