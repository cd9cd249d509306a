#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/gate/gate.h"
#include "engine/gate/settings.h"
#include "engine/looks/chat_session.h"
#include "engine/runs/late_calls.h"
#include "engine/writer.h"
#include "headroom/observer.h"
#include "headroom/storage.h"

namespace headroom {

// Carries out one stored restore, batch by batch: look, add those who are outside as far as there is room, write down
// what Chat said of each. Begins anew wherever an earlier process stopped: adding somebody twice does no harm.
class Restoration {
 public:
  Restoration(ChatSession& chat, Writer& writer, ReadView& view, Clock& clock, const Settings& settings,
              const Gate& gate, Observer& observer, Run run);

  struct End {
    Run run;                      // finished, unless open
    std::optional<Look> look;     // the closing one
    bool open = false;            // it may not go on now, or Chat did not say what happened: to be carried on later
    std::optional<Stop> in_vain;  // open, because of this look
    Reason pause_reason;          // not kNone: the scheduler has to pause itself with it
  };
  // `doubted_at`: of one that an earlier process has begun, since when nothing was sent for it.
  End carry_out(std::optional<SteadyMs> doubted_at = std::nullopt);
  // Ends one whose group nobody can look at: who was sent is `unknown`, the others are `failed`.
  End give_up();

 private:
  // What holds of one who may be added yet, should they be outside in the end.
  struct Kept {
    Outcome outcome = Outcome::kFailed;
    int error_code = 0;
  };

  std::optional<Stop> step();
  OrStop<std::size_t> free_seats();
  OrStop<std::vector<RunMember>> look_up(std::size_t count);
  std::optional<Stop> add(std::vector<RunMember> batch);
  std::optional<Stop> settle(const std::vector<RunMember>& batch,
                             const Answer<std::map<std::string, AddResult>>& answer);
  std::optional<Stop> refused(const std::vector<RunMember>& batch, int code);
  std::optional<Stop> split(const std::vector<RunMember>& batch, int code);
  std::optional<Stop> try_again_later(const std::vector<RunMember>& batch, ChatOutcome outcome, int code);
  void put_back(const std::vector<RunMember>& batch);
  void record(std::map<std::string, Outcome> outcomes, int error_code);
  void record_all(const std::vector<RunMember>& members, Outcome outcome, int error_code);
  bool keeps(const std::string& account, const Kept& kept);
  void take_up();
  void record_rest(const std::vector<RunMember>& outside);
  End finish(const std::optional<Stop>& stop);

  ChatSession& chat_;
  Writer& writer_;
  ReadView& view_;
  Clock& clock_;
  const Gate& gate_;
  Observer& observer_;

  Run run_;
  std::deque<RunMember> pending_;
  std::size_t batch_limit_;  // what Chat has not called too many
  std::size_t batch_size_;
  bool full_ = false;  // Chat says so, whatever the look said
  int last_code_ = 0;
  int failures_ = 0;  // in a row
  SteadyMs failing_since_;
  LateCalls late_;
  std::map<std::string, Kept> kept_;
};

}  // namespace headroom
