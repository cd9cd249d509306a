#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/gate/gate.h"
#include "engine/gate/self_pause.h"
#include "engine/gate/settings.h"
#include "engine/looks/chat_session.h"
#include "engine/runs/work_queue.h"
#include "engine/schedule/early_notes.h"
#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/observer.h"
#include "headroom/storage.h"

namespace headroom {

// Looks at the groups that are due, fifty a call, and hands those that need a run to the workers, and those whose
// members are to be noted before their plan (EarlyNotes). Groups that Chat has
// confirmed and those that only webhooks know never share a call: an id of the latter may be anybody's text, and what
// it does to a call, or to the time that one takes, is not for the former to bear. A group of which a run waits for the
// calendar is not looked at: the run goes on, or waits for another opening.
class GroupLooks {
 public:
  // Blocking while it asks `chat`; all belong to who calls. `heard`: an answer may have told Chat's time.
  GroupLooks(ChatSession& chat, Writer& writer, ReadView& view, Clock& clock, WorkQueue& work,
             std::function<double()> random, const Gate& gate, Observer& observer, SelfPause& self_pause,
             std::function<void()> heard)
      : chat_(chat),
        writer_(writer),
        view_(view),
        clock_(clock),
        work_(work),
        random_(std::move(random)),
        gate_(gate),
        observer_(observer),
        self_pause_(self_pause),
        heard_(std::move(heard)),
        notes_(clock) {}

  // One call a lane. When there is something to look at again; nullopt: nothing that time alone brings.
  std::optional<SteadyMs> step(TimeMs now, std::shared_ptr<const Settings> settings);
  // Whatever it waits for because of a failure is over.
  void start_anew();

 private:
  struct Lane {
    int failed = 0;       // looks in a row
    SteadyMs not_before;  // after one that failed, or that took long
  };
  struct Due {
    std::vector<Group> parked;  // of runs that wait for the calendar
    std::vector<Group> confirmed;
    std::vector<Group> unconfirmed;
  };

  bool closed(const Lane& lane) const { return clock_.steady_now() < lane.not_before; }
  std::optional<SteadyMs> next_look() const;
  Due due_groups(TimeMs now);
  void ask_calendar(const std::vector<Group>& parked, TimeMs now);
  void add_early_ones(std::vector<Group>& groups, TimeMs now);
  bool look_at(const std::vector<Group>& groups, Lane& lane);
  void store_looks(const std::vector<Group>& groups, const std::map<std::string, GroupInfo>& infos, TimeMs sent_at,
                   const Lane& lane);
  enum class Wants { kNothing, kRun, kNote };
  Wants store_look(Transaction& storage, const Group& seen, const Look& look, std::vector<Run>& ended,
                   std::size_t room_for_notes);
  void push(std::vector<Work>& work);
  void looks_failed(const std::vector<Group>& groups, const Stop& stop, Lane& lane);
  std::optional<Run> store_failed_run(Transaction& storage, const std::string& group_id, const Reason& reason,
                                      const Lane& lane);

  ChatSession& chat_;
  Writer& writer_;
  ReadView& view_;
  Clock& clock_;
  WorkQueue& work_;
  const std::function<double()> random_;
  const Gate& gate_;
  Observer& observer_;
  SelfPause& self_pause_;
  const std::function<void()> heard_;
  std::shared_ptr<const Settings> settings_;  // of the step in hand

  EarlyNotes notes_;
  Lane confirmed_;
  Lane unconfirmed_;
  // Of the walk through the groups that Chat never confirmed, while there are too many of them.
  std::int64_t early_look_after_id_ = 0;
  SteadyMs next_early_walk_;
};

}  // namespace headroom
