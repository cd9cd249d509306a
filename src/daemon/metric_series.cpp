#include "daemon/metric_series.h"

#include <algorithm>
#include <array>
#include <limits>

#include "headroom/names.h"

namespace headroom {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;
using Bounds = Histogram::BucketBoundaries;

constexpr std::array kWebhookResults{"recorded", "duplicate", "spooled",    "ignored",
                                     "refused",  "invalid",   "overloaded", "failed"};
constexpr std::array kApis{"get_group_info",         "get_group_member_info", "get_specified_group_member_info",
                           "get_role_in_group",      "query_online_status",   "delete_group_member",
                           "modify_group_base_info", "add_group_member",      "get_appid_group_list"};
constexpr std::array kChatResults{ChatOutcome::kDone,           ChatOutcome::kThrottled,
                                  ChatOutcome::kRefused,        ChatOutcome::kCredentialsRejected,
                                  ChatOutcome::kOperatorNeeded, ChatOutcome::kNotSent,
                                  ChatOutcome::kOutcomeUnknown};
// The states that a run can come to.
constexpr std::array kRunStates{RunState::kAwaitingApproval, RunState::kPlanned, RunState::kSucceeded,
                                RunState::kPartial,          RunState::kFailed,  RunState::kNothingToDo,
                                RunState::kRejected,         RunState::kExpired};

constexpr std::array kModes{SchedulerMode::kObserve, SchedulerMode::kPlan, SchedulerMode::kApprove,
                            SchedulerMode::kPrune};
constexpr std::array kRaiseEnds{RunState::kSucceeded, RunState::kFailed, RunState::kNothingToDo};
constexpr std::array kSweepEnds{SweepState::kFinished, SweepState::kFailed, SweepState::kInterrupted};

Counter& counter(Registry& registry, const std::string& name, const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

Gauge& gauge(Registry& registry, const std::string& name, const std::string& help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

Histogram& histogram(Registry& registry, const std::string& name, const std::string& help, const Bounds& bounds) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, bounds);
}

// A counter for something that is only known as a total.
void raise_to(Counter& counter, double total) { counter.Increment(std::max(0.0, total - counter.Value())); }

const Bounds kFastBounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5};
const Bounds kRemoteBounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
const Bounds kSizeBounds{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

}  // namespace

MetricSeries::MetricSeries(std::string_view version)
    : webhook_ack(histogram(registry, "headroom_webhook_ack_seconds", "Time from a webhook's arrival to its answer.",
                            kFastBounds)),
      events(counter(registry, "headroom_events_total", "Full-group events stored.")),
      stale_full(gauge(registry, "headroom_stale_full_groups", "Groups full for scheduler.stale_after or longer.")),
      awaiting_approval(gauge(registry, "headroom_runs_awaiting_approval", "Runs that wait for an operator.")),
      removed(counter(registry, "headroom_members_removed_total", "Members seen to be gone after their removal.")),
      rejoined(counter(registry, "headroom_rejoined_total", "Removed members that were seen in their group again.")),
      batch_size(histogram(registry, "headroom_commit_batch_size", "Jobs per transaction.", kSizeBounds)),
      commit_seconds(
          histogram(registry, "headroom_commit_seconds", "Time of one transaction, its sync included.", kFastBounds)),
      queue_depth(gauge(registry, "headroom_write_queue_depth", "Jobs that wait for the disk.")),
      last_event(gauge(registry, "headroom_last_event_timestamp_seconds",
                       "When the newest full-group event was received, Unix time; 0 = never.")),
      paused(gauge(registry, "headroom_scheduler_paused", "1 while the scheduler is paused.")),
      oldest_stale_full(gauge(registry, "headroom_oldest_stale_full_seconds",
                              "How long the group has been full that has been stale-full for longest; 0 = none.")),
      at_ceiling(gauge(registry, "headroom_groups_at_ceiling",
                       "Full groups whose limit can not be raised far enough any more.")),
      removals_left(gauge(registry, "headroom_removals_left",
                          "Members that may still be removed within the last 24 hours; +Inf = no limit.")),
      last_sweep(gauge(registry, "headroom_last_sweep_timestamp_seconds",
                       "When a sweep was last finished, Unix time; 0 = never.")),
      groups_filling(gauge(registry, "headroom_groups_filling",
                           "Groups that will be full within seven days, by what sweeps saw of their growth.")),
      last_chat_success(gauge(registry, "headroom_chat_last_success_timestamp_seconds",
                              "When Chat last did what it was asked, Unix time; 0 = not since the start.")),
      chat_unreachable(gauge(registry, "headroom_chat_unreachable",
                             "1 while nothing answers for Chat, or something that is not Chat.")),
      disk_free(gauge(registry, "headroom_disk_free_bytes",
                      "Room on the database's file system, for who is not root; 0 when it can not be told.")),
      disk_size(gauge(registry, "headroom_disk_size_bytes", "Size of the database's file system.")),
      open(gauge(registry, "headroom_open", "1 while the calendar lets members be removed and limits raised.")),
      config_reload(gauge(registry, "headroom_config_reload_success",
                          "0 when the last reload was refused and the configuration of before is in force.")),
      refused_connections(counter(registry, "headroom_refused_connections_total",
                                  "Connections closed at once because there were too many.")),
      log_lines_dropped(counter(registry, "headroom_log_lines_dropped_total",
                                "Lines of the log that were dropped because nobody read them.")),
      cpu(counter(registry, "process_cpu_seconds_total", "User and system CPU time spent.")),
      start_time(gauge(registry, "process_start_time_seconds", "Start time of the process, Unix time.")),
      resident(gauge(registry, "process_resident_memory_bytes", "Resident memory size.")),
      virtual_memory(gauge(registry, "process_virtual_memory_bytes", "Virtual memory size.")),
      open_fds(gauge(registry, "process_open_fds", "Open file descriptors.")),
      max_fds(gauge(registry, "process_max_fds", "Most file descriptors that may be open.")) {
  add_webhooks();
  add_states();
  add_calls();
  add_scheduler();
  add_itself(version);
}

void MetricSeries::add_webhooks() {
  auto& webhooks =
      prometheus::BuildCounter().Name("headroom_webhook_requests_total").Help("Webhooks by result.").Register(registry);
  for (const char* result : kWebhookResults) webhook_requests[result] = &webhooks.Add({{"result", result}});
  auto& refusals = prometheus::BuildCounter()
                       .Name("headroom_webhook_refusals_total")
                       .Help("Webhooks that were not taken, by reason.")
                       .Register(registry);
  for (int reason = 0; reason < kRefusalReasons; ++reason) {
    const std::string name(name_of(static_cast<RefusalReason>(reason)));
    webhook_refusals.push_back(&refusals.Add({{"reason", name}}));
  }
}

void MetricSeries::add_states() {
  auto& states = prometheus::BuildGauge().Name("headroom_groups").Help("Known groups by state.").Register(registry);
  for (int state = 0; state < kGroupStates; ++state) {
    groups.push_back(&states.Add({{"state", std::string(name_of(static_cast<GroupState>(state)))}}));
  }
  auto& run_states =
      prometheus::BuildCounter().Name("headroom_runs_total").Help("Runs by the state they came to.").Register(registry);
  for (const RunState state : kRunStates) {
    const std::string name(name_of(state));
    runs[name] = &run_states.Add({{"state", name}});
  }
}

void MetricSeries::add_calls() {
  auto& calls = prometheus::BuildCounter()
                    .Name("headroom_chat_requests_total")
                    .Help("Calls of Chat's REST API by command and result.")
                    .Register(registry);
  auto& durations = prometheus::BuildHistogram()
                        .Name("headroom_chat_request_seconds")
                        .Help("Time of a REST call.")
                        .Register(registry);
  for (const char* api : kApis) {
    chat_seconds[api] = &durations.Add({{"api", api}}, kRemoteBounds);
    for (const ChatOutcome outcome : kChatResults) {
      chat_requests[{api, outcome}] = &calls.Add({{"api", api}, {"result", std::string(name_of(outcome))}});
    }
  }
}

void MetricSeries::add_scheduler() {
  auto& causes = prometheus::BuildGauge()
                     .Name("headroom_scheduler_paused_by")
                     .Help("1 for each cause of a pause that is in force.")
                     .Register(registry);
  for (const PauseCause cause : kPauseCauses) paused_by[cause] = &causes.Add({{"cause", std::string(name_of(cause))}});
  auto& mode_names = prometheus::BuildGauge().Name("headroom_mode").Help("1 for the mode in force.").Register(registry);
  for (const SchedulerMode mode : kModes) modes[mode] = &mode_names.Add({{"mode", std::string(name_of(mode))}});
  auto& reasons =
      prometheus::BuildGauge().Name("headroom_groups_blocked").Help("Blocked groups by reason.").Register(registry);
  for (int i = static_cast<int>(BlockReason::kNone) + 1; i <= static_cast<int>(kLastBlockReason); ++i) {
    const auto reason = static_cast<BlockReason>(i);
    blocked[reason] = &reasons.Add({{"reason", std::string(name_of(reason))}});
  }
  auto& raise_ends = prometheus::BuildCounter()
                         .Name("headroom_raises_total")
                         .Help("Limits of groups that were to be raised, by how that ended.")
                         .Register(registry);
  for (const RunState state : kRaiseEnds) {
    const std::string name(name_of(state));
    raises[name] = &raise_ends.Add({{"result", name}});
  }
  auto& sweep_states =
      prometheus::BuildCounter().Name("headroom_sweeps_total").Help("Sweeps by how they ended.").Register(registry);
  for (const SweepState state : kSweepEnds) {
    const std::string name(name_of(state));
    sweeps[name] = &sweep_states.Add({{"state", name}});
  }
}

void MetricSeries::add_itself(std::string_view version) {
  auto& bytes = prometheus::BuildGauge().Name("headroom_database_bytes").Help("Size of a file.").Register(registry);
  database_bytes = &bytes.Add({{"file", "db"}});
  wal_bytes = &bytes.Add({{"file", "wal"}});
  prometheus::BuildGauge()
      .Name("headroom_build_info")
      .Help("1; the version is the label.")
      .Register(registry)
      .Add({{"version", std::string(version)}})
      .Set(1);
}

void MetricSeries::set(const MetricsSnapshot& snapshot) {
  for (std::size_t state = 0; state < groups.size(); ++state) {
    groups[state]->Set(static_cast<double>(snapshot.groups[state]));
  }
  stale_full.Set(static_cast<double>(snapshot.stale_full));
  awaiting_approval.Set(static_cast<double>(snapshot.runs_awaiting_approval));
  queue_depth.Set(static_cast<double>(snapshot.write_queue_depth));
  database_bytes->Set(static_cast<double>(snapshot.database_bytes));
  wal_bytes->Set(static_cast<double>(snapshot.wal_bytes));
  last_event.Set(static_cast<double>(snapshot.last_event_at.value_or(0)) / 1000.0);
  paused.Set(snapshot.paused_by.empty() ? 0 : 1);
  for (const auto& [cause, series] : paused_by) series->Set(snapshot.paused_by.contains(cause) ? 1 : 0);
  for (const auto& [mode, series] : modes) series->Set(mode == snapshot.mode ? 1 : 0);
  for (const auto& [reason, series] : blocked) {
    const auto count = snapshot.blocked.find(reason);
    series->Set(count == snapshot.blocked.end() ? 0 : static_cast<double>(count->second));
  }
  oldest_stale_full.Set(static_cast<double>(snapshot.oldest_stale_full) / 1000.0);
  at_ceiling.Set(static_cast<double>(snapshot.at_ceiling));
  removals_left.Set(snapshot.removals_left ? static_cast<double>(*snapshot.removals_left)
                                           : std::numeric_limits<double>::infinity());
  last_sweep.Set(static_cast<double>(snapshot.last_sweep_at.value_or(0)) / 1000.0);
  groups_filling.Set(static_cast<double>(snapshot.groups_filling));
  last_chat_success.Set(static_cast<double>(snapshot.last_chat_success_at.value_or(0)) / 1000.0);
  chat_unreachable.Set(snapshot.chat_unreachable ? 1 : 0);
  disk_free.Set(static_cast<double>(snapshot.disk_free_bytes));
  disk_size.Set(static_cast<double>(snapshot.disk_size_bytes));
  open.Set(snapshot.open ? 1 : 0);
  config_reload.Set(snapshot.config_reloaded ? 1 : 0);
  node.set(snapshot);
  raise_to(refused_connections, static_cast<double>(snapshot.refused_connections));
  raise_to(log_lines_dropped, static_cast<double>(snapshot.log_lines_dropped));
}

void MetricSeries::set_process(const ProcessUsage& usage) {
  raise_to(cpu, usage.cpu_seconds);
  start_time.Set(usage.start_time_seconds);
  resident.Set(static_cast<double>(usage.resident_bytes));
  virtual_memory.Set(static_cast<double>(usage.virtual_bytes));
  open_fds.Set(static_cast<double>(usage.open_fds));
  max_fds.Set(static_cast<double>(usage.max_fds));
}

}  // namespace headroom
