#include "daemon/app.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "config/policy_change.h"
#include "daemon/operator_log.h"
#include "headroom/selection.h"

namespace headroom {

Settings settings_of(const Config& config, TimeMs now) {
  Settings settings;
  settings.in_force_since = now;
  settings.mode = config.scheduler.mode;
  settings.timing = {config.scheduler.stale_after, config.scheduler.cooldown,     config.scheduler.retry_base,
                     config.scheduler.retry_max,   config.scheduler.cooldown_max, config.policy.second_look};
  settings.tick = config.scheduler.tick;
  settings.approval_ttl = config.scheduler.approval_ttl;
  settings.sweep_interval = config.scheduler.sweep_interval;
  settings.policy = config.policy;
  settings.calendar = config.calendar.calendar();
  settings.capacity = config.capacity;
  settings.admin_identifier = config.chat.admin_identifier;
  settings.call_may_last = config.chat.request_timeout + 2 * kSecondMs;
  settings.delete_batch = config.chat.delete_batch;
  settings.add_batch = config.chat.add_batch;
  settings.member_page = config.chat.member_page;
  settings.kept_members_up_to = config.retention.kept_members_up_to;
  settings.keep_events = config.retention.events;
  settings.keep_kept_members = config.retention.kept_members;
  settings.max_unconfirmed_groups = config.webhook.max_unconfirmed_groups;
  return settings;
}

namespace {

// The database's lock keeps everybody else away.
LeaseClaim sole_claim() {
  LeaseClaim claim;
  claim.holder = "process " + std::to_string(::getpid());
  claim.alone = true;
  return claim;
}

}  // namespace

App::App(const Config& config, Log& log, const std::function<void()>& started)
    : config_(config),
      running_(config),
      log_(log),
      observer_(log, clock_, config.chat.base_url),
      settings_(settings_of(config, clock_.now())),
      ground_{config_, log_, clock_, progress_, observer_, settings_, pause_},
      store_(ground_),
      faces_(ground_),
      clients_(ground_) {
  try {
    start(started);
  } catch (...) {
    // What runs already may wait for what did not begin.
    clients_.begin_stop();
    clock_.stop();
    stop();
    throw;
  }
}

App::~App() { stop(); }

void App::start(const std::function<void()>& started) {
  // Nothing is written before there is something to wake.
  store_.open(started, [this] { pruning_->wake(); });
  steps_.add("the daemon", [this] { log_.info("stopped"); });
  store_.end_with(steps_);
  faces_.owe_answers(store_, steps_);
  steps_.add("the wait for calls in flight", [this] { clients_.end_stop(); });
  leadership_ = std::make_unique<Leadership>(store_.queue(), clock_, sole_claim(), kSecondMs, observer_);
  pruning_ = std::make_unique<Pruning>(ground_, store_, clients_, *leadership_, static_cast<RunningDaemon&>(*this));
  side_work_ = std::make_unique<SideWork>(ground_, store_, clients_, *leadership_, pruning_->operations(),
                                          [this] { pruning_->wake(); });
  metrics_view_ = store_.view();
  own_database();
  pause_.show(PauseSwitch::read(*metrics_view_));
  if (const DaemonStatus status = pruning_->operations().status(); status.paused) {
    operator_log::still_paused(log_, status.paused_reason, status.paused_hint);
  }
  leadership_->step();
  side_work_->start(steps_);
  pruning_->start(steps_);
  faces_.start(
      store_, pruning_->operations(), [this] { pruning_->wake(); }, steps_);
  steps_.add("calls that nothing can be made of any more", [this] {
    if (failed()) clients_.cancel();
  });
}

void App::what_if(const WhatIfRequest& request, std::function<void(Result<WhatIf>)> done) {
  auto change = policy_change(request.policy);
  if (auto* denied = std::get_if<Denied>(&change)) return done(*std::move(denied));
  side_work_->what_if(request, std::get<PolicyChange>(std::move(change)), std::move(done));
}

void App::wake_threads() {
  pruning_->wake();
  side_work_->wake();
}

// Whatever waits because of a failure tries now: somebody says that its cause is gone.
void App::ask_at_once() {
  clients_.forget_rejections();
  pruning_->ask_at_once();
}

std::string App::metrics_text() const { return observer_.metrics().text(snapshot()); }

MetricsSnapshot App::snapshot() const {
  const auto settings = settings_.get();
  const TimeMs now = clock_.now();
  const Counts counts = metrics_view_->counts(now, now - settings->timing.stale_after);
  MetricsSnapshot snapshot;
  snapshot.groups = counts.groups;
  snapshot.stale_full = counts.stale_full;
  snapshot.runs_awaiting_approval = counts.runs_awaiting_approval;
  snapshot.write_queue_depth = static_cast<std::int64_t>(store_.queue().depth());
  snapshot.database_bytes = store_.file_bytes();
  snapshot.wal_bytes = store_.log_bytes();
  snapshot.log_lines_dropped = static_cast<std::int64_t>(log_.dropped());
  snapshot.refused_connections = faces_.refused_connections();
  snapshot.last_event_at = counts.last_event_at;
  snapshot.paused_by = PauseSwitch::causes_of(pause_.state());
  if (!store_.queue().works()) snapshot.paused_by.insert(PauseCause::kStorageFailing);
  snapshot.mode = settings->mode;
  snapshot.open = is_open(settings->calendar, now);
  snapshot.blocked = counts.blocked;
  snapshot.at_ceiling = counts.at_ceiling;
  if (counts.stale_full > 0 && counts.oldest_full_since) snapshot.oldest_stale_full = now - *counts.oldest_full_since;
  if (const std::int64_t limit = settings->policy.max_removals_per_day; limit > 0) {
    const RemovalUsage usage = metrics_view_->removal_usage(now - kLimitDayMs, std::nullopt);
    snapshot.removals_left = std::max<std::int64_t>(0, limit - usage.sent - usage.reserved);
  }
  snapshot.last_sweep_at = counts.last_sweep_at;
  snapshot.groups_filling = counts.groups_filling;
  const ChatStatus chat = observer_.chat_status();
  snapshot.last_chat_success_at = chat.last_success_at;
  snapshot.chat_unreachable = !chat.reachable.value_or(true);
  const DiskRoom room = store_.room();
  snapshot.disk_free_bytes = room.free;
  snapshot.disk_size_bytes = room.size;
  snapshot.config_reloaded = config_reloaded_;
  return snapshot;
}

void App::look() {
  observer_.look();
  store_.look();
}

bool App::alive() {
  const auto stuck = progress_.stuck();
  if (stuck && !stuck_told_) {
    log_.error("a thread does not come further: the watchdog is not fed", {{"thread", *stuck}});
  }
  stuck_told_ = stuck.has_value();
  return !stuck;
}

void App::stop() {
  if (stopping_.exchange(true)) return;
  steps_.run([this](const std::string& name, const std::string& what) {
    log_.error("stopping failed", {{"part", name}, {"error", what}});
  });
}

}  // namespace headroom
