#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/gate/pause_switch.h"
#include "engine/gate/self_pause.h"
#include "engine/gate/settings.h"
#include "engine/looks/chat_session.h"
#include "engine/sweeps/sweep_pages.h"
#include "engine/writer.h"
#include "headroom/clock.h"
#include "headroom/observer.h"
#include "headroom/storage.h"

namespace headroom {

struct SweepLimits {
  // So often it waits, ever longer, for a Chat that does not answer. Within each wait lie the tries of ChatSession.
  int waits = 6;
  std::int64_t pages = 10000;  // a listing that goes on for longer has no end: a hundred million groups
};

// Carries out sweeps. `step` lists groups and says when to come back, `read_some` looks at some of them; neither has a
// thread or a wall clock of its own. One thread steps, any number read meanwhile; each blocks while it asks Chat.
//
// A sweep is its row in the store, and so goes on after a restart, at the first page that was not read to its end: a
// page that was cut off is read again, and what it had recorded is known by then. While the scheduler is paused, by
// whomever, or nothing can be stored, a sweep stands still; in mode observe there is none, and one that runs is
// interrupted.
class Sweeper {
 public:
  // `group_due`: called when a group was found that is due.
  Sweeper(ChatApi& chat, Writer& writer, ReadView& view, Clock& clock, const SettingsCell& settings,
          const PauseSwitch& pause, std::function<double()> random, Observer& observer, SelfPause& self_pause,
          std::function<void()> group_due, const SweepLimits& limits = {});

  // This node leads from now on: a sweep of an earlier lead of its own goes on at what is stored of it. On the thread
  // of step().
  void take_over() { let_go(); }

  // Returns when the next step is due, at most one tick ahead; a page that was read makes it due, too.
  SteadyMs step();

  enum class Read {
    kSome,     // there may be more
    kPage,     // and a page is read to its end: time for a step
    kNothing,  // not now
    kNoSweep
  };
  Read read_some(ChatApi& chat);
  bool running() const;

 private:
  bool take_up(TimeMs now);
  void list_page();
  void store_read_pages();
  void end(SweepState state, const Reason& reason);
  void let_go();
  std::optional<Stop> failure() const;
  void fail(const Stop& stop);
  void wait_for_chat(const Stop& stop);
  OrStop<SweepPages::Tally> look_at(ChatSession& session, std::int64_t sweep_id,
                                    const std::vector<std::string>& group_ids);
  std::int64_t record(std::int64_t sweep_id, const std::vector<Look>& full);

  ChatSession chat_;  // of the one who steps
  Writer& writer_;
  ReadView& view_;  // of the one who steps
  Clock& clock_;
  const SettingsCell& settings_;
  const PauseSwitch& pause_;
  const std::function<double()> random_;
  Observer& observer_;
  SelfPause& self_pause_;
  const std::function<void()> group_due_;
  const SweepLimits limits_;

  std::atomic<int> unread_code_ = 0;  // of the last group that Chat had an error for

  mutable std::mutex mutex_;  // guards what follows
  std::optional<std::int64_t> sweep_id_;
  SweepPosition listing_;  // the next page to list
  std::int64_t pages_listed_ = 0;
  SweepPages pages_;
  int failures_ = 0;         // waits in a row without an answer in between
  SteadyMs no_call_before_;  // after one that failed
  std::optional<Stop> failed_;
};

}  // namespace headroom
