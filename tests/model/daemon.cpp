#include "tests/model/daemon.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace headroom::model {
namespace {

// Longer than an operator's, and renewed as seldom: each renewal is a step of the world.
constexpr DurationMs kLeaseLasts = 30 * kMinuteMs;
constexpr DurationMs kLeaseDrain = 10 * kSecondMs;
constexpr DurationMs kLeasePoll = 5 * kMinuteMs;

Settings in_force(Settings settings, TimeMs now) {
  settings.in_force_since = now;
  return settings;
}

}  // namespace

// Sleeps in virtual time; not at all once the daemon stops.
class Daemon::TaskClock final : public Clock {
 public:
  explicit TaskClock(Daemon& daemon) : daemon_(daemon) {}
  TimeMs now() const override { return daemon_.outside_.wall(); }
  SteadyMs steady_now() const override { return {daemon_.outside_.timeline.now()}; }
  bool sleep(DurationMs duration) override {
    if (daemon_.stopping()) return false;
    return Task::current()->wait_until(daemon_.outside_.timeline.now() + duration);
  }

 private:
  Daemon& daemon_;
};

class Daemon::Turn final : public Writer {
 public:
  Turn(Daemon& daemon, Sight& sight) : daemon_(daemon), sight_(sight) {}
  void commit(const Job& job) override {
    if (daemon_.before_commit) std::exchange(daemon_.before_commit, {})();
    wait_a_moment();
    maybe_die();
    Dice& dice = daemon_.outside_.dice;
    sight_.store_refused = true;
    daemon_.reach_the_store();
    if (dice.chance(daemon_.chances_.full_disk)) {
      daemon_.outside_.trace.say(now(), sight_.name, "the disk is full");
      throw StorageError(StorageError::Kind::kFull, "no space");
    }
    sight_.store_refused = false;
    if (dice.chance(daemon_.chances_.run_twice)) {  // as the commit queue does when another job failed
      daemon_.do_commit(job, false);
    }
    daemon_.do_commit(job);
    daemon_.outside_.oracle.check_lead(sight_, writer->term());
    daemon_.outside_.oracle.committed(sight_, now());
    if (daemon_.chances_.lost_commit > 0 && dice.chance(daemon_.chances_.lost_commit)) {
      daemon_.outside_.oracle.coverage.add("commits whose answer was lost");
      throw StorageError(StorageError::Kind::kOther, "nobody knows whether it is stored");
    }
    maybe_die();
    wait_a_moment();
  }
  bool works() const override { return true; }

  const LeadersWriter* writer = nullptr;  // that commits by it

 private:
  TimeMs now() const { return daemon_.outside_.timeline.now(); }
  // For its turn in the queue, and for the disk: others may be quicker.
  void wait_a_moment() {
    if (daemon_.outside_.dice.chance(0.3)) {
      Task::current()->wait_until(now() + daemon_.outside_.dice.between(0, 20));
    }
  }
  void maybe_die() {
    if (daemon_.outside_.dice.chance(daemon_.chances_.crash)) daemon_.die();
  }

  Daemon& daemon_;
  Sight& sight_;
};

// No webhook's, no run's: nothing that the oracle asks about.
class Daemon::Link final : public Writer {
 public:
  explicit Link(Daemon& daemon) : daemon_(daemon) {}
  void commit(const Job& job) override {
    daemon_.reach_the_store();
    daemon_.do_commit(job);
  }
  bool works() const override { return true; }

 private:
  Daemon& daemon_;
};

struct Daemon::Worker {
  Sight sight;
  std::unique_ptr<Turn> turn;
  Workers::Tools tools;
  std::shared_ptr<Task> task;
};

Daemon::Daemon(Outside& outside, Store& store, const Settings& settings, int workers, const Chances& chances,
               const Node& node)
    : outside_(outside),
      chances_(chances),
      settings_(in_force(settings, outside.wall())),
      node_(node),
      storage_(store.storage()),
      view_(store.view()),
      queue_(store.queue()),
      gate_(settings_, pause_),
      work_(static_cast<std::size_t>(workers) + 128),
      clock_(std::make_unique<TaskClock>(*this)),
      operations_(queue_, settings_, gate_, pause_, work_, *clock_, silent_, *this) {
  outside_.oracle.view = view_.get();
  outside_.oracle.orders.go_by(settings, outside_.timeline.now());
  outside_.oracle.ordered(outside_.timeline.now());
  pause_.show(PauseSwitch::read(*view_));
  LeaseClaim claim{"start " + std::to_string(node_.start), kLeaseLasts, kLeaseDrain, node_.alone};
  link_ = std::make_unique<Link>(*this);
  leadership_ = std::make_unique<Leadership>(*link_, *clock_, claim, kLeasePoll, *this);
  if (node_.alone) {
    leadership_->step();
  } else {
    lease_task_ = Task::start(outside_.timeline, [this] { keep_lease(); });
  }
  scheduler_sight_.name = node_.name + "scheduler";
  scheduler_turn_ = std::make_unique<Turn>(*this, scheduler_sight_);
  scheduler_writer_ = writer_of(*scheduler_turn_);
  scheduler_chat_ = std::make_unique<WorldChat>(outside_, scheduler_sight_, cancelled_, *scheduler_writer_);
  const auto random = [this] { return outside_.dice.share(); };
  scheduler_ = std::make_unique<Scheduler>(*scheduler_chat_, *scheduler_writer_, *view_, *clock_, settings_, gate_,
                                           pause_, work_, random, *this, *this);
  for (int i = 0; i < workers; ++i) {
    auto worker = std::make_unique<Worker>();
    worker->sight.name = node_.name + "worker " + std::to_string(i + 1);
    worker->turn = std::make_unique<Turn>(*this, worker->sight);
    workers_.push_back(std::move(worker));
  }
  for (auto& worker : workers_) {
    worker->task = Task::start(outside_.timeline, [this, &worker = *worker] { work(worker); });
  }
  scheduler_task_ = Task::start(outside_.timeline, [this] { schedule(); });
  sweep_sight_.name = node_.name + "sweeper";
  sweep_sight_.sweeps = true;
  sweep_turn_ = std::make_unique<Turn>(*this, sweep_sight_);
  sweep_writer_ = writer_of(*sweep_turn_);
  sweep_chat_ = std::make_unique<WorldChat>(outside_, sweep_sight_, cancelled_, *sweep_writer_);
  sweeper_ = std::make_unique<Sweeper>(*sweep_chat_, *sweep_writer_, *view_, *clock_, settings_, pause_, random, *this,
                                       *this, [this] { wake_scheduler_ = true; });
  sweep_task_ = Task::start(outside_.timeline, [this] { sweep(); });
}

Daemon::~Daemon() {
  if (!node_.alone && stopped() && answers()) leadership_->give_back();
  crashed_ = true;
  if (lease_task_) lease_task_->kill();
  scheduler_task_->kill();
  sweep_task_->kill();
  for (auto& worker : workers_) worker->task->kill();
  settle();  // what was queued is of this daemon
  if (node_.alone) outside_.oracle.ended();
}

std::unique_ptr<LeadersWriter> Daemon::writer_of(Turn& turn) {
  auto writer = std::make_unique<LeadersWriter>(turn, *leadership_);
  turn.writer = writer.get();
  return writer;
}

void Daemon::kill() {
  outside_.trace.say(outside_.timeline.now(), "daemon", "KILLED");
  crashed_ = true;
}

void Daemon::die() {
  kill();
  throw Killed{};
}

void Daemon::reach_the_store() {
  if (outside_.timeline.now() >= cut_off_until_) return;
  Task::current()->wait_until(outside_.timeline.now() + kSecondMs);
  throw StorageError(StorageError::Kind::kOther, "the store does not answer");
}

void Daemon::freeze(TimeMs until) {
  frozen_until_ = std::max(frozen_until_, until);
  for (Task* task : tasks()) task->freeze(frozen_until_);
}

std::vector<Task*> Daemon::tasks() const {
  std::vector<Task*> all{scheduler_task_.get(), sweep_task_.get()};
  if (lease_task_) all.push_back(lease_task_.get());
  for (const auto& worker : workers_) all.push_back(worker->task.get());
  return all;
}

// Unless it `holds`, it is undone.
void Daemon::do_commit(const Writer::Job& job, bool holds) {
  storage_.begin();
  try {
    job(storage_);
    if (holds) {
      storage_.commit();
    } else {
      storage_.rollback();
    }
  } catch (...) {
    storage_.rollback();
    throw;
  }
}

bool Daemon::record(const Event& event) {
  Stored stored;
  do_commit([&](Transaction& storage) { stored = store_event(storage, event, *settings_.get()); });
  outside_.oracle.recorded(event, outside_.timeline.now());
  if (stored.due) wake_scheduler_ = true;
  return true;
}

void Daemon::settle() {
  queue_.commit([](Transaction&) {});  // behind everything that was queued
}

void Daemon::reload(const Settings& settings) {
  settings_.set(in_force(settings, outside_.wall()));
  settles_ = true;
  outside_.oracle.orders.go_by(settings, outside_.timeline.now());
  outside_.oracle.ordered(outside_.timeline.now());
  wake_scheduler_ = true;
}

void Daemon::wake() {
  // Their sleep ends; a call of theirs that is on its way does not.
  if (scheduler_sleeps_ && wake_scheduler_.exchange(false)) scheduler_task_->interrupt();
  if (sweeper_sleeps_ && wake_sweeper_.exchange(false)) sweep_task_->interrupt();
  if (!work_.ready()) return;
  for (auto& worker : workers_) worker->task->wake();
}

void Daemon::begin_stop() {
  outside_.trace.say(outside_.timeline.now(), "daemon", "stops");
  gate_.stop();
  work_.stop();
  if (scheduler_sleeps_) scheduler_task_->interrupt();
  if (sweeper_sleeps_) sweep_task_->interrupt();
  outside_.timeline.at(outside_.timeline.now() + outside_.dice.between(0, 4000),
                       [weak = std::weak_ptr(scheduler_task_), this] {
                         if (weak.expired()) return;  // and so am I
                         cancelled_ = true;
                         for (Task* task : tasks()) task->interrupt();
                       });
}

bool Daemon::stopped() const {
  if (!stopping()) return false;  // asked at every step
  const std::vector<Task*> all = tasks();
  return std::all_of(all.begin(), all.end(), [](const Task* task) { return task->done(); });
}

Workers::Tools Daemon::make_tools(Worker& worker) {
  Workers::Tools tools;
  tools.writer = writer_of(*worker.turn);
  tools.chat = std::make_unique<WorldChat>(outside_, worker.sight, cancelled_, *tools.writer);
  tools.view = view_;
  tools.runner = std::make_unique<Runner>(
      *tools.chat, *tools.writer, *tools.view, *clock_, settings_, gate_, [this] { return outside_.dice.share(); },
      silent_, *this);
  return tools;
}

Workers::Hooks Daemon::worker_hooks(const Sight& sight) {
  Workers::Hooks hooks;
  hooks.left_open = [this, &sight](const Run& run, int attempt) {
    outside_.trace.say(outside_.timeline.now(), "daemon", "run ", run.id, " is left open");
    try {
      scheduler_->resolve_later(run, attempt);
    } catch (const std::runtime_error&) {
      outside_.oracle.may_be_given_up(run, outside_.timeline.now());
      throw;
    }
    outside_.oracle.given_up(sight, run, outside_.timeline.now());
  };
  hooks.failed = [this](const Workers::Failure& failure) {
    const auto& [group_id, what, away] = failure;
    outside_.trace.say(outside_.timeline.now(), "daemon", "work failed in ", group_id, ": ", what);
    // On a full disk: what it was told is not stored, and asked for again.
    for (auto& worker : workers_) worker->sight.must_pause &= worker->sight.group_id != group_id;
    if (const auto run = view_->open_run(group_id)) outside_.oracle.answers_lost(*run);
  };
  hooks.finished = [this] { wake_scheduler_ = true; };
  return hooks;
}

void Daemon::work(Worker& worker) {
  const Workers::Hooks hooks = worker_hooks(worker.sight);
  while (true) {
    while (!work_.ready()) worker.task->park();
    const auto work = work_.pop();
    if (!work) return;
    worker.sight.begin(work->group_id, work->run_id, work->kind == Work::Kind::kResolve, outside_.timeline.now(),
                       outside_.wall());
    worker.sight.notes = work->kind == Work::Kind::kNote;
    worker.sight.of_many = !node_.alone;
    worker.sight.clock_steps = outside_.oracle.clock.steps();
    const auto newest = view_->runs({}, {1, std::nullopt}).items;
    worker.sight.newest_run = newest.empty() ? 0 : newest.front().id;
    worker.sight.pauses_before = outside_.oracle.orders.own_pauses;
    outside_.trace.say(outside_.timeline.now(), worker.sight.name, "takes up ", work->group_id, ", work ",
                       static_cast<int>(work->kind), ", run ", work->run_id);
    Workers::work_off(
        *work, worker.tools, [&] { return make_tools(worker); }, work_, hooks);
    if (worker.tools.writer && worker.tools.writer->may_send()) {
      outside_.oracle.worked(worker.sight);
    } else if (const auto run = view_->open_run(work->group_id)) {
      outside_.oracle.answers_lost(*run);
    }
    worker.sight.group_id.clear();
  }
}

}  // namespace headroom::model
