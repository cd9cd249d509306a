#include "tests/model/daemon.h"

#include <algorithm>

#include "tests/model/daemon_parts.h"

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
  if (node_.alone) outside_.oracle.ended(outside_.timeline.now());
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

}  // namespace headroom::model
