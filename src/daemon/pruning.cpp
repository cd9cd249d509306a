#include "daemon/pruning.h"

#include <cstddef>
#include <utility>

#include "daemon/operator_log.h"
#include "daemon/random_share.h"
#include "engine/orders/idempotency.h"

namespace headroom {
namespace {

// The longest from one call of Chat to the end of the next, which may wait for its turn, for a back-off and for its
// answer, a minute each at most.
constexpr DurationMs kChatStep = 5 * kMinuteMs;

constexpr std::size_t kOrdersWaiting = 128;

}  // namespace

Pruning::Pruning(const Ground& ground, DaemonStore& store, ChatClients& clients, Leadership& leadership,
                 RunningDaemon& daemon)
    : ground_(ground),
      store_(store),
      clients_(clients),
      leadership_(leadership),
      daemon_(daemon),
      gate_(ground.settings, ground.pause),
      work_(static_cast<std::size_t>(ground.config.scheduler.concurrency) + kOrdersWaiting),
      operations_(store.orders(), ground.settings, gate_, ground.pause, work_, ground.clock, ground.observer, daemon),
      pulse_(ground.progress.add("scheduler", kChatStep)),
      view_(store.view()),
      writer_(store.queue(), leadership),
      chat_(scheduler_client(clients)),
      scheduler_(*chat_, writer_, *view_, ground.clock, ground.settings, gate_, ground.pause, work_, random_share,
                 ground.observer, operations_) {}

// Every client tells the scheduler how far Chat's clock is from this one.
std::unique_ptr<ChatApi> Pruning::scheduler_client(ChatClients& clients) {
  clients.on_clock_seen([this](DurationMs offset) { scheduler_.clock_trust().heard(offset); });
  return clients.make(writer_, &pulse_);
}

void Pruning::start(StopSteps& steps) {
  // Alone, it leads from the start on: what is left to do is known before anybody orders something.
  lead();
  workers_ = std::make_unique<Workers>(
      ground_.config.scheduler.concurrency, work_, [this] { return make_tools(); }, worker_hooks());
  steps.add("the workers", [this] { workers_->stop(); });
  {
    const std::lock_guard lock(mutex_);
    thread_ = std::make_unique<StepThread>([this] { return step(); }, ground_.clock, &pulse_,
                                           [this](const std::string& what) { failures_.failed(what); });
  }
  steps.add("the scheduler", [this] { stop_scheduler(); });
  steps.add("its sleep", [this] { ground_.clock.stop(); });
  steps.add("calls in flight", [this] { clients_.begin_stop(); });
  steps.add("decisions", [this] { gate_.stop(); });
}

// True while this node leads; then everything of an earlier leader's is taken over.
bool Pruning::lead() {
  const Leadership::Term term = leadership_.term();
  if (term == 0) return false;
  if (term == taken_over_) return true;
  writer_.begin();
  scheduler_.take_over();
  taken_over_ = term;
  return true;
}

SteadyMs Pruning::step() {
  const SteadyMs again = ground_.clock.steady_now() + kSecondMs;
  try {
    // Whoever takes the lead wakes it.
    if (!lead()) return ground_.clock.steady_now() + kMinuteMs;
    if (leadership_.shared()) {
      scheduler_.adopt_runs();
      if (view_->running_sweep()) daemon_.wake_sweeper();
    } else if (ground_.clock.steady_now() >= adopts_at_) {  // there nobody else orders anything: seldom is enough
      adopts_at_ = ground_.clock.steady_now() + kMinuteMs;
      scheduler_.adopt_runs();
    }
    return scheduler_.step();
  } catch (const LeaseLost&) {  // no failure
  } catch (const StorageError& error) {
    if (!told_elsewhere(error)) throw;
  }
  return again;
}

Workers::Hooks Pruning::worker_hooks() {
  Workers::Hooks hooks;
  hooks.left_open = [this](const Run& run, int attempt) {
    ground_.log.warning("run left open", {{"run", run.id}, {"group", run.group_id}, {"attempt", attempt}});
    scheduler_.resolve_later(run, attempt);
  };
  hooks.failed = [this](const Workers::Failure& failure) {
    if (failure.database_away) return;  // said once, for all groups
    ground_.log.error("worker failed", {{"group", failure.group_id}, {"error", failure.what}});
  };
  hooks.finished = [this] { wake(); };
  return hooks;
}

Workers::Tools Pruning::make_tools() {
  Workers::Tools tools;
  tools.view = store_.view();  // may fail: then there is nobody to watch
  tools.pulse = &ground_.progress.add("worker", kChatStep);
  tools.writer = std::make_unique<LeadersWriter>(store_.queue(), leadership_);
  tools.chat = clients_.make(*tools.writer, tools.pulse);
  tools.runner = std::make_unique<Runner>(*tools.chat, *tools.writer, *tools.view, ground_.clock, ground_.settings,
                                          gate_, random_share, ground_.observer, operations_);
  return tools;
}

void Pruning::wake() {
  const std::lock_guard lock(mutex_);
  if (thread_) thread_->wake();
}

void Pruning::stop_scheduler() {
  std::unique_ptr<StepThread> thread;
  {
    const std::lock_guard lock(mutex_);
    thread = std::move(thread_);
  }
  if (thread) thread->stop();
}

TimeMs Pruning::answers_kept_after() {
  const bool asks_chat = ground_.settings.get()->mode != SchedulerMode::kObserve;
  return kept_after(scheduler_.clock_trust(), asks_chat, ground_.clock);
}

}  // namespace headroom
