#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <vector>

#include "daemon/metrics_snapshot.h"

namespace headroom {

// What is told of this node among those that share a database. For Metrics alone.
struct NodeSeries {
  explicit NodeSeries(prometheus::Registry& registry);
  void set(const MetricsSnapshot& snapshot);

  prometheus::Gauge& leader;
  prometheus::Counter& lease_lost;
  prometheus::Gauge& spool_depth;
  prometheus::Counter& database_unavailable;
};

// Without what another node tells, or nobody can: gauges of the whole database come from the node that leads alone.
std::vector<prometheus::MetricFamily> told_here(std::vector<prometheus::MetricFamily> families,
                                                const MetricsSnapshot& snapshot);

}  // namespace headroom
