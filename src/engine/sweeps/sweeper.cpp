#include "engine/sweeps/sweeper.h"

#include <algorithm>
#include <utility>

#include "engine/sweeps/growth_notes.h"
#include "engine/sweeps/sweep_row.h"

namespace headroom {
namespace {

bool answered(const GroupInfo& info) { return info.error_code == 0 || means_gone(info.error_code); }

// An app without Communities, or without the plan for them, has none to list.
bool has_no_such_groups(const Answer<GroupListPage>& answer, const SweepPosition& position) {
  return is_community(position.type) &&
         (answer.code == chat_code::kNoCommunities || answer.code == chat_code::kNeedsHigherPlan);
}

}  // namespace

Sweeper::Sweeper(ChatApi& chat, Writer& writer, ReadView& view, Clock& clock, const SettingsCell& settings,
                 const PauseSwitch& pause, std::function<double()> random, Observer& observer, SelfPause& self_pause,
                 std::function<void()> group_due, const SweepLimits& limits)
    : chat_(chat, clock, random),
      writer_(writer),
      view_(view),
      clock_(clock),
      settings_(settings),
      pause_(pause),
      random_(std::move(random)),
      observer_(observer),
      self_pause_(self_pause),
      group_due_(std::move(group_due)),
      limits_(limits) {}

bool Sweeper::running() const {
  const std::lock_guard lock(mutex_);
  return sweep_id_.has_value();
}

SteadyMs Sweeper::step() {
  const auto settings = settings_.get();
  const SteadyMs now = clock_.steady_now();
  const SteadyMs next_tick = now + settings->tick;
  if (!writer_.works()) return next_tick;
  if (settings->mode == SchedulerMode::kObserve) {
    end(SweepState::kInterrupted, Reason::kModeChanged);
    return next_tick;
  }
  if (const auto failed = failure()) {
    if (failed->pauses) self_pause_.pause_self(failed->reason, "");
    end(SweepState::kFailed, failed->reason);
    return clock_.steady_now();
  }
  if (pause_.state().paused() || !take_up(clock_.now())) return next_tick;
  store_read_pages();
  bool over = false, wants_page = false;
  SteadyMs not_before;
  {
    const std::lock_guard lock(mutex_);
    over = listing_.at_end() && pages_.empty();
    wants_page = !listing_.at_end() && pages_.has_place();
    not_before = no_call_before_;
  }
  if (over) {
    end(SweepState::kFinished, Reason::kNone);
    return clock_.steady_now();
  }
  if (now < not_before) return std::min(next_tick, not_before);
  if (!wants_page) return next_tick;
  list_page();
  return clock_.steady_now();
}

std::optional<Stop> Sweeper::failure() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

// True when a sweep is in hand: one that runs, or one that is due now.
bool Sweeper::take_up(TimeMs now) {
  if (running()) return true;
  if (!view_.running_sweep()) {
    const DurationMs interval = settings_.get()->sweep_interval;
    if (interval == 0) return false;
    // One further ahead than that has ended by a clock that was ahead.
    const TimeMs next = next_sweep_at(view_.last_sweep(), interval);
    if (next > now && next <= now + interval + kMinuteMs) return false;
    writer_.commit([&](Transaction& storage) { insert_sweep(storage, false, now); });
  }
  const auto sweep = view_.running_sweep();
  if (!sweep) return false;
  {
    const std::lock_guard lock(mutex_);
    sweep_id_ = sweep->id;
    listing_ = sweep->position;
    pages_listed_ = 0;
    pages_.clear();
    failures_ = 0;
    no_call_before_ = {};
    failed_.reset();
  }
  unread_code_ = 0;
  observer_.sweep_began(*sweep);
  return true;
}

void Sweeper::list_page() {
  SweepPosition position;
  {
    const std::lock_guard lock(mutex_);
    position = listing_;
    if (++pages_listed_ > limits_.pages)
      failed_ = Stop{Reason::kChatUnreachable};  // a listing without an end is no answer
  }
  const auto answer = chat_.group_list(position);
  const bool skipped = has_no_such_groups(answer, position);
  if (skipped) observer_.type_skipped(position.type, answer.code);
  if (answer.done() || skipped) {
    const std::lock_guard lock(mutex_);
    listing_ = after_page(position, answer.value.next);
    pages_.add(answer.value.group_ids, listing_);
    failures_ = 0;
    return;
  }
  const Stop stop = chat_.stop_for(answer.outcome, answer.code);
  if (stop.pauses || answer.outcome == ChatOutcome::kRefused) {
    fail(stop);
  } else {
    wait_for_chat(stop);
  }
}

// In the order of the listing: a restart goes on behind the last page that is stored.
void Sweeper::store_read_pages() {
  while (true) {
    std::int64_t id = 0;
    std::optional<SweepPages::ReadPage> page;
    {
      const std::lock_guard lock(mutex_);
      if (!sweep_id_) return;
      id = *sweep_id_;
      page = pages_.take_read_page();
    }
    if (!page) return;
    try {
      writer_.commit([&](Transaction& storage) { add_page(storage, id, *page); });
    } catch (...) {
      let_go();  // what is stored is where it goes on
      throw;
    }
  }
}

void Sweeper::let_go() {
  const std::lock_guard lock(mutex_);
  sweep_id_.reset();
  pages_.clear();
  failed_.reset();
}

// The sweep in hand, or one that an earlier process left running.
void Sweeper::end(SweepState state, const Reason& reason) {
  const auto running = view_.running_sweep();
  let_go();
  if (!running) return;
  std::optional<Sweep> ended;
  writer_.commit([&](Transaction& storage) {
    ended = storage.find_sweep(running->id);
    if (!ended) return;
    ended->state = state;
    ended->reason = reason;
    // Chat had an error for each single one: then it is not the groups.
    if (state == SweepState::kFinished && ended->groups_listed > 0 && ended->groups_read == 0) {
      ended->state = SweepState::kFailed;
      ended->reason = stop_of(ChatOutcome::kRefused, unread_code_).reason;
    }
    ended->finished_at = clock_.now();
    storage.update_sweep(*ended);
  });
  if (ended) observer_.sweep_ended(*ended);
}

void Sweeper::fail(const Stop& stop) {
  const std::lock_guard lock(mutex_);
  failed_ = stop;
}

// Chat did not answer, or asked for fewer calls: later again, if that was not too often already.
void Sweeper::wait_for_chat(const Stop& stop) {
  const auto timing = settings_.get()->timing;
  const SteadyMs now = clock_.steady_now();
  const std::lock_guard lock(mutex_);
  if (now < no_call_before_) return;  // a call that began before the wait
  if (failures_ == limits_.waits) {
    failed_ = stop;
    return;
  }
  no_call_before_ = now + back_off(failures_++, timing.retry_base, timing.retry_max, random_());
}

Sweeper::Read Sweeper::read_some(ChatApi& chat) {
  std::optional<SweepPages::Batch> batch;
  std::int64_t id = 0;
  {
    const bool paused = pause_.state().paused() || settings_.get()->mode == SchedulerMode::kObserve || !writer_.works();
    const SteadyMs now = clock_.steady_now();
    const std::lock_guard lock(mutex_);
    if (!sweep_id_) return Read::kNoSweep;
    id = *sweep_id_;
    if (!paused && !failed_ && now >= no_call_before_) batch = pages_.take();
  }
  if (!batch) return Read::kNothing;
  ChatSession session(chat, clock_, random_);
  std::optional<OrStop<SweepPages::Tally>> looked;
  try {
    looked = look_at(session, id, batch->group_ids);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    pages_.put_back(std::move(*batch));
    throw;
  }
  const std::lock_guard lock(mutex_);
  if (const auto* tally = std::get_if<SweepPages::Tally>(&*looked)) {
    pages_.finish(*batch, *tally);
    failures_ = 0;
    return pages_.page_is_read() ? Read::kPage : Read::kSome;
  }
  pages_.put_back(std::move(*batch));
  return failed_ ? Read::kPage : Read::kNothing;
}

OrStop<SweepPages::Tally> Sweeper::look_at(ChatSession& session, std::int64_t sweep_id,
                                           const std::vector<std::string>& group_ids) {
  auto looked = session.look_all(group_ids);
  if (const auto* stop = std::get_if<Stop>(&looked)) {
    if (stop->pauses) {
      fail(*stop);
    } else {
      wait_for_chat(*stop);
    }
    return *stop;
  }
  auto& infos = std::get<std::vector<GroupInfo>>(looked);
  if (auto stop = session.clock_stop()) {
    fail(*stop);
    return *stop;
  }
  SweepPages::Tally tally;
  std::vector<Look> looks, full;
  for (GroupInfo& info : infos) {
    if (answered(info)) {
      ++tally.read;
    } else {
      unread_code_ = info.error_code;  // that group's alone: it is left out
    }
    Look look{session.looked_at(), means_gone(info.error_code), std::move(info)};
    if (shows_full(look)) full.push_back(look);
    if (answered(look.info)) looks.push_back(std::move(look));
  }
  tally.full = static_cast<std::int64_t>(full.size());
  if (!full.empty()) tally.fresh = record(sweep_id, full);
  note_growth(writer_, sweep_id, looks, settings_.get()->policy.min_capacity, clock_);
  return tally;
}

// Stores those that nobody knew to be full, with the sweep's count of them; in a dry run, returns how many those would
// be.
std::int64_t Sweeper::record(std::int64_t sweep_id, const std::vector<Look>& full) {
  const auto timing = settings_.get()->timing;
  std::int64_t found = 0;
  bool due = false, dry_run = false;
  writer_.commit([&](Transaction& storage) {
    found = 0;
    due = false;
    auto sweep = storage.find_sweep(sweep_id);
    if (!sweep || sweep->state != SweepState::kRunning) return;
    dry_run = sweep->dry_run;
    for (const Look& look : full) {
      const TimeMs now = clock_.now();
      const auto find = find_full(storage.find_group(look.info.group_id), look, now, timing);
      if (!find) continue;
      ++found;
      if (dry_run) continue;
      storage.insert_event(find->event);
      storage.save_group(find->group);
      due = due || (find->group.next_check_at && *find->group.next_check_at <= now);
    }
    if (dry_run || found == 0) return;
    sweep->groups_new += found;
    storage.update_sweep(*sweep);
  });
  if (dry_run) return found;
  if (found > 0) observer_.events_stored(found);
  if (due) group_due_();
  return 0;
}

}  // namespace headroom
