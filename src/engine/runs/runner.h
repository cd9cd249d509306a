#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/gate/gate.h"
#include "engine/gate/self_pause.h"
#include "engine/gate/settings.h"
#include "engine/looks/chat_session.h"
#include "engine/runs/execution.h"
#include "engine/runs/planner.h"
#include "engine/runs/resumption.h"
#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/observer.h"
#include "headroom/raise.h"
#include "headroom/storage.h"

namespace headroom {

// What a run that sets a limit found beside its end.
struct Raised {
  std::optional<LearnedCeiling> lesson = {};
  bool another = false;  // see RunEnd
};

// Turns one full group into a run, and a run into an end. Blocking; an object belongs to one thread at a time.
class Runner {
 public:
  Runner(ChatApi& chat, Writer& writer, ReadView& view, Clock& clock, const SettingsCell& settings, const Gate& gate,
         std::function<double()> random, Observer& observer, SelfPause& self_pause);

  // `call`: between two pages of a listing, with the number of the group's members.
  void call_between_pages(std::function<void(std::int64_t)> call) { between_pages_ = std::move(call); }

  enum class Progress { kDone, kInDoubt };

  // The scheduler's run of a due group. kInDoubt: the run could not be closed, and stays open until it is resolved.
  Progress prune_group(const std::string& group_id);
  // Of a full group whose plan is not due yet: notes whom that plan would see for the first time. No run, whatever
  // comes of it.
  void note_members(const std::string& group_id);
  // Plans and carries out an operator's stored run.
  Progress carry_out(std::int64_t run_id);
  // Carries out a stored plan that was made to run, or that waited for the calendar, or a stored restore.
  Progress execute_plan(std::int64_t run_id);
  // Closes a run that a crash or a lost answer left running: looks, sends nothing. A restore goes on, if it can.
  // kInDoubt: Chat did not answer, or a call may be carried out yet. `doubted_at`: since when nobody has looked, and
  // sent nothing. After kVainLooks over kVainFor nobody will know any more what became of the members in doubt: the run
  // is closed all the same.
  static constexpr std::int64_t kVainLooks = 10;
  static constexpr DurationMs kVainFor = kHourMs;
  Progress resolve(std::int64_t run_id, std::optional<SteadyMs> doubted_at = std::nullopt);

 private:
  bool settles_without_run(const Plan& plan);
  bool store(Plan& plan);
  void begin_raise(Transaction& storage, Plan& plan, TimeMs now) const;
  void take_up(Transaction& storage, Plan& plan, TimeMs now);
  void note_listing(Transaction& storage, const Plan& plan) const;
  bool confirm_or_insert(Transaction& storage, Plan& plan, TimeMs now);
  void note_rejoined(const Plan& plan);
  Progress execute(const Run& run);
  Progress go_on(std::int64_t run_id);
  Progress end_by_looking(Ends end, std::optional<SteadyMs> doubted_at);
  void tell_parked(const Run& run);
  std::optional<Progress> left_open(const Run& run, bool parked, bool in_doubt);
  Progress restore(const Run& run, std::optional<SteadyMs> doubted_at);
  // Of limits.
  bool begin_order(Run& run);
  Progress raise(const Run& run);
  Progress set_back(const Run& run, std::optional<SteadyMs> doubted_at);
  Progress resolve_raise(Ends end, std::optional<SteadyMs> doubted_at);
  bool may_yet_be_done(SteadyMs asked_at, std::optional<SteadyMs> doubted_at) const;
  bool looked_in_vain(const Run& run, const Stop& stop, std::optional<SteadyMs> doubted_at);
  Progress give_up_or_wait(Run run, const Stop& stop, std::optional<SteadyMs> doubted_at);
  void settle(const Run& run, const std::map<std::string, Outcome>& outcomes, const std::vector<std::string>& back);
  // A group's next look goes by what is in force when it is stored: one that missed a reload would keep the old time.
  Timing timing() const { return settings_cell_.get()->timing; }
  std::optional<TimeMs> free_again(Transaction& storage, const Run& run, TimeMs now) const;
  Group after(Transaction& storage, Group group, const RunEnd& end, TimeMs now) const;
  void close(const Run& run, const std::optional<Look>& look, const Raised& raised = {});

  ChatSession chat_;
  Writer& writer_;
  ReadView& view_;
  Clock& clock_;
  const SettingsCell& settings_cell_;
  std::shared_ptr<const Settings> settings_;  // of the run in hand
  const Gate& gate_;
  std::function<double()> random_;
  Observer& observer_;
  SelfPause& self_pause_;
  std::function<void(std::int64_t)> between_pages_ = [](std::int64_t) {};
};

RunMode run_mode_of(SchedulerMode mode);

}  // namespace headroom
