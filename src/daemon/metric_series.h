#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/metrics_process.h"
#include "daemon/metrics_snapshot.h"
#include "daemon/node_series.h"
#include "headroom/chat_call.h"

namespace headroom {

// Every series of the daemon, named and explained in one place. For Metrics alone.
struct MetricSeries {
  template <typename Series>
  using ByName = std::map<std::string, Series*, std::less<>>;

  explicit MetricSeries(std::string_view version);
  void set(const MetricsSnapshot& snapshot);
  void set_process(const ProcessUsage& usage);

  prometheus::Registry registry;
  ByName<prometheus::Counter> webhook_requests;
  std::vector<prometheus::Counter*> webhook_refusals;  // by RefusalReason
  prometheus::Histogram& webhook_ack;
  prometheus::Counter& events;
  std::vector<prometheus::Gauge*> groups;  // by GroupState
  prometheus::Gauge& stale_full;
  ByName<prometheus::Counter> runs;
  prometheus::Gauge& awaiting_approval;
  prometheus::Counter& removed;
  prometheus::Counter& rejoined;
  std::map<std::pair<std::string, ChatOutcome>, prometheus::Counter*> chat_requests;
  ByName<prometheus::Histogram> chat_seconds;
  prometheus::Histogram& batch_size;
  prometheus::Histogram& commit_seconds;
  prometheus::Gauge& queue_depth;
  prometheus::Gauge* database_bytes = nullptr;
  prometheus::Gauge* wal_bytes = nullptr;
  prometheus::Gauge& last_event;
  prometheus::Gauge& paused;
  std::map<PauseCause, prometheus::Gauge*> paused_by;
  std::map<SchedulerMode, prometheus::Gauge*> modes;
  std::map<BlockReason, prometheus::Gauge*> blocked;
  prometheus::Gauge& oldest_stale_full;
  ByName<prometheus::Counter> raises;
  prometheus::Gauge& at_ceiling;
  prometheus::Gauge& removals_left;
  ByName<prometheus::Counter> sweeps;
  prometheus::Gauge& last_sweep;
  prometheus::Gauge& groups_filling;
  prometheus::Gauge& last_chat_success;
  prometheus::Gauge& chat_unreachable;
  prometheus::Gauge& disk_free;
  prometheus::Gauge& disk_size;
  prometheus::Gauge& open;
  prometheus::Gauge& config_reload;
  prometheus::Counter& refused_connections;
  prometheus::Counter& log_lines_dropped;
  prometheus::Counter& cpu;
  prometheus::Gauge& start_time;
  prometheus::Gauge& resident;
  prometheus::Gauge& virtual_memory;
  prometheus::Gauge& open_fds;
  prometheus::Gauge& max_fds;
  NodeSeries node{registry};
  std::mutex scrape;  // raise_to is no atomic step

 private:
  // Those that have labels.
  void add_webhooks();
  void add_states();     // of groups, of runs
  void add_calls();      // of Chat
  void add_scheduler();  // its mode, what holds it up, how raises and sweeps end
  void add_itself(std::string_view version);
};

}  // namespace headroom
