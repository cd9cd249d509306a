#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/metrics_snapshot.h"
#include "headroom/chat_call.h"
#include "headroom/refusal.h"
#include "headroom/run.h"
#include "headroom/sweep.h"

namespace headroom {

struct MetricSeries;

// The daemon's Prometheus metrics, with every series of a closed set of labels from the start. All calls are
// thread-safe.
class Metrics {
 public:
  explicit Metrics(std::string_view version);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // `result`: recorded duplicate spooled ignored refused invalid overloaded failed; another one is not counted.
  void webhook(std::string_view result, double seconds);
  void webhook_refused(RefusalReason reason);
  void event_recorded();
  void run_finished(RunState state);
  void raise_ended(RunState state);  // of a run of mode `raise`
  void sweep_ended(SweepState state);
  void members_removed(std::int64_t count);
  void members_rejoined(std::int64_t count);
  void chat_request(const ChatCall& call);
  void commit(std::size_t batch_size, double seconds);
  void lease_lost();

  // The text format 0.0.4.
  std::string text(const MetricsSnapshot& snapshot);

 private:
  const std::unique_ptr<MetricSeries> series_;
};

}  // namespace headroom
