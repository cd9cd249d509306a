// What the metrics show of the whole daemon.
#include <algorithm>

#include "daemon/app.h"
#include "headroom/selection.h"

namespace headroom {

std::string App::metrics_text() const { return observer_.metrics().text(snapshot()); }

MetricsSnapshot App::snapshot() const {
  const auto settings = settings_.get();
  MetricsSnapshot snapshot;
  snapshot.write_queue_depth = static_cast<std::int64_t>(store_->queue().depth());
  store_->measure(snapshot);
  snapshot.log_lines_dropped = static_cast<std::int64_t>(log_.dropped());
  snapshot.refused_connections = faces_.refused_connections();
  snapshot.paused_by = PauseSwitch::causes_of(pause_.state());
  if (!store_->queue().works()) snapshot.paused_by.insert(PauseCause::kStorageFailing);
  snapshot.mode = settings->mode;
  snapshot.open = is_open(settings->calendar, clock_.now());
  const ChatStatus chat = observer_.chat_status();
  snapshot.last_chat_success_at = chat.last_success_at;
  snapshot.chat_unreachable = !chat.reachable.value_or(true);
  snapshot.config_reloaded = config_reloaded_;
  snapshot.leads = leadership_->leads();
  if (node_) {
    snapshot.shared = true;
    snapshot.database_unavailable_seconds = node_->unavailable_seconds();
  }
  count(snapshot);
  return snapshot;
}

// What the database knows. Of several nodes the one that leads tells of it, and while it does not answer nobody does.
void App::count(MetricsSnapshot& snapshot) const {
  snapshot.counted = node_ == nullptr;
  if (node_ && !snapshot.leads) return;
  const auto settings = settings_.get();
  const TimeMs now = clock_.now();
  try {
    const Counts counts = metrics_view_->counts(now, now - settings->timing.stale_after);
    snapshot.groups = counts.groups;
    snapshot.stale_full = counts.stale_full;
    snapshot.runs_awaiting_approval = counts.runs_awaiting_approval;
    snapshot.last_event_at = counts.last_event_at;
    snapshot.blocked = counts.blocked;
    snapshot.at_ceiling = counts.at_ceiling;
    if (counts.stale_full > 0 && counts.oldest_full_since) snapshot.oldest_stale_full = now - *counts.oldest_full_since;
    if (const std::int64_t limit = settings->policy.max_removals_per_day; limit > 0) {
      const RemovalUsage usage = metrics_view_->removal_usage(now - kLimitDayMs, std::nullopt);
      snapshot.removals_left = std::max<std::int64_t>(0, limit - usage.sent - usage.reserved);
    }
    snapshot.last_sweep_at = counts.last_sweep_at;
    snapshot.groups_filling = counts.groups_filling;
    snapshot.counted = true;
  } catch (const StorageError& error) {
    if (error.kind() != StorageError::Kind::kUnavailable) throw;
  }
}

}  // namespace headroom
