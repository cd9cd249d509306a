#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/chat_session.h"
#include "app/committer.h"
#include "app/gate.h"
#include "app/settings.h"
#include "headroom/storage.h"

namespace headroom {

// Carries out one stored plan, batch by batch: look, judge again, write down the intent, delete, look again, write
// down the outcome. Whatever it sees on the way may only shrink the plan.
class Execution {
 public:
  Execution(ChatSession& chat, Committer& committer, ReadView& view, Clock& clock, const Settings& settings,
            const Gate& gate, std::function<void(std::int64_t)> members_removed, Run run);

  struct End {
    Run run;                   // finished, unless in_doubt
    std::optional<Look> look;  // the closing one
    std::optional<TimeMs> exempt_until;
    bool in_doubt = false;     // members were sent whose fate nobody could look up: the run stays open
    std::string pause_reason;  // not empty: the scheduler has to pause itself with it
  };
  End execute();

 private:
  std::optional<Stop> step();
  std::optional<Stop> may_go_on(ReadView& view);
  OrStop<std::int64_t> seats_needed();
  OrStop<std::vector<RunMember>> judge_again(std::size_t count);
  OrStop<bool> write_intent(const std::vector<std::string>& accounts);
  std::optional<Stop> remove(const std::vector<RunMember>& batch);
  std::optional<Stop> refused(const std::vector<RunMember>& batch, int code);
  std::optional<Stop> isolate(const std::vector<RunMember>& batch, int code);
  std::optional<Stop> verify(const std::vector<RunMember>& batch, const Answer<Nothing>& answer);
  std::optional<Stop> try_again_later(const std::vector<RunMember>& batch, const Answer<Nothing>& answer);
  void record(const std::map<std::string, Outcome>& outcomes, int error_code);
  void put_back(const std::vector<RunMember>& batch);
  End finish(const std::optional<Stop>& seen);

  ChatSession& chat_;
  Committer& committer_;
  ReadView& view_;
  Clock& clock_;
  const Settings& settings_;
  const Gate& gate_;
  const std::function<void(std::int64_t)> members_removed_;

  Run run_;
  std::deque<RunMember> pending_;
  std::map<std::string, int> unsettled_;  // sent, still members, to be tried again: account and Chat's last code
  std::size_t batch_size_ = 20;
  std::optional<Look> look_;
  std::optional<TimeMs> exempt_until_;
  int failures_ = 0;  // in a row
  SteadyMs failing_since_;
  bool enough_ = false;
  bool in_doubt_ = false;
};

// Counts outcomes and decides how a run ended. `room`: the wanted seats are free.
void close_run(Run& run, const std::vector<RunMember>& plan, const std::string& reason, bool room, TimeMs now);

// The wanted seats are free, by this look.
bool has_wanted_room(const Run& run, const std::optional<Look>& look);

}  // namespace headroom
