#include "daemon/metrics.h"

#include <prometheus/text_serializer.h>

#include <mutex>

#include "daemon/metric_series.h"
#include "headroom/names.h"

namespace headroom {

Metrics::Metrics(std::string_view version) : series_(std::make_unique<MetricSeries>(version)) {}
Metrics::~Metrics() = default;

void Metrics::webhook(std::string_view result, double seconds) {
  const auto found = series_->webhook_requests.find(result);
  if (found == series_->webhook_requests.end()) return;
  found->second->Increment();
  series_->webhook_ack.Observe(seconds);
}

void Metrics::webhook_refused(RefusalReason reason) {
  series_->webhook_refusals[static_cast<std::size_t>(reason)]->Increment();
}

void Metrics::event_recorded() { series_->events.Increment(); }

void Metrics::run_finished(RunState state) {
  const auto found = series_->runs.find(name_of(state));
  if (found != series_->runs.end()) found->second->Increment();
}

void Metrics::raise_ended(RunState state) {
  const auto found = series_->raises.find(name_of(state));
  if (found != series_->raises.end()) found->second->Increment();
}

void Metrics::sweep_ended(SweepState state) {
  const auto found = series_->sweeps.find(name_of(state));
  if (found != series_->sweeps.end()) found->second->Increment();
}

void Metrics::members_removed(std::int64_t count) { series_->removed.Increment(static_cast<double>(count)); }
void Metrics::members_rejoined(std::int64_t count) { series_->rejoined.Increment(static_cast<double>(count)); }

void Metrics::chat_request(const ChatCall& call) {
  // One that was held back at the last moment is none.
  if (call.outcome == ChatOutcome::kNotSent && call.contact == ChatContact::kInterrupted) return;
  const auto found = series_->chat_requests.find({std::string(call.api), call.outcome});
  if (found == series_->chat_requests.end()) return;
  found->second->Increment();
  series_->chat_seconds.find(call.api)->second->Observe(call.seconds);
}

void Metrics::commit(std::size_t batch_size, double seconds) {
  series_->batch_size.Observe(static_cast<double>(batch_size));
  series_->commit_seconds.Observe(seconds);
}

void Metrics::lease_lost() { series_->node.lease_lost.Increment(); }

std::string Metrics::text(const MetricsSnapshot& snapshot) {
  const ProcessUsage usage = read_process_usage();
  const std::lock_guard lock(series_->scrape);
  series_->set(snapshot);
  series_->set_process(usage);
  return prometheus::TextSerializer().Serialize(told_here(series_->registry.Collect(), snapshot));
}

}  // namespace headroom
