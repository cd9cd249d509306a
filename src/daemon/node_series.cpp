#include "daemon/node_series.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace headroom {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;

// Of the whole database.
constexpr std::array<std::string_view, 10> kCounted{"headroom_groups",
                                                    "headroom_groups_blocked",
                                                    "headroom_groups_at_ceiling",
                                                    "headroom_groups_filling",
                                                    "headroom_stale_full_groups",
                                                    "headroom_runs_awaiting_approval",
                                                    "headroom_removals_left",
                                                    "headroom_oldest_stale_full_seconds",
                                                    "headroom_last_sweep_timestamp_seconds",
                                                    "headroom_last_event_timestamp_seconds"};

}  // namespace

NodeSeries::NodeSeries(prometheus::Registry& registry)
    : leader(BuildGauge().Name("headroom_leader").Help("1 on the node that decides and removes.").Register(registry).Add({})),
      lease_lost(BuildCounter()
                     .Name("headroom_lease_lost_total")
                     .Help("Times that this node led and did not any more, but for its own stop.")
                     .Register(registry)
                     .Add({})),
      spool_depth(BuildGauge()
                      .Name("headroom_spool_depth")
                      .Help("Events that wait on this node's disk for the database.")
                      .Register(registry)
                      .Add({})),
      database_unavailable(BuildCounter()
                               .Name("headroom_database_unavailable_seconds_total")
                               .Help("How long the database did not answer this node.")
                               .Register(registry)
                               .Add({})) {}

void NodeSeries::set(const MetricsSnapshot& snapshot) {
  leader.Set(snapshot.leads ? 1 : 0);
  spool_depth.Set(static_cast<double>(snapshot.spool_depth));
  database_unavailable.Increment(
      std::max(0.0, snapshot.database_unavailable_seconds - database_unavailable.Value()));
}

std::vector<prometheus::MetricFamily> told_here(std::vector<prometheus::MetricFamily> families,
                                                const MetricsSnapshot& snapshot) {
  std::erase_if(families, [&](const prometheus::MetricFamily& family) {
    if (family.name == "headroom_database_bytes") return snapshot.shared;
    return !snapshot.counted && std::find(kCounted.begin(), kCounted.end(), family.name) != kCounted.end();
  });
  return families;
}

}  // namespace headroom
