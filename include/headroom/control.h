#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "headroom/audit.h"
#include "headroom/inquiry.h"
#include "headroom/run.h"
#include "headroom/storage.h"

namespace headroom {

enum class SchedulerMode { kObserve, kPlan, kApprove, kPrune };

// Why a request of an operator was not done: an HTTP status (404, 409, 503, 504) and a sentence.
struct Denied {
  int status = 409;
  std::string detail;
};
template <typename T>
using Result = std::variant<T, Denied>;
template <typename T>
using Done = std::function<void(Result<T>)>;

struct DaemonStatus {
  SchedulerMode mode = SchedulerMode::kPlan;
  bool paused = false;
  std::string paused_reason;  // empty when not paused
  // Empty when webhooks can be taken; else the failing check ("storage", "stopping") and why.
  std::string failing_check;
  std::string failing_detail;
  DurationMs stale_after = 0;
  std::int64_t max_removals_per_day = 0;  // 0 = no limit
};

// What the admin API may ask of the running daemon. Completions are called exactly once, from any thread, after what
// they report is on disk. A change is recorded in the audit, in its own transaction, under the name of its actor.
class Control {
 public:
  virtual ~Control() = default;

  virtual DaemonStatus status() const = 0;
  virtual std::string metrics_text() const = 0;  // Prometheus text format 0.0.4

  // A run of trigger `operator`; `mode` is kPlan or kPrune.
  virtual void start_run(const Actor& actor, const std::string& group_id, RunMode mode, Done<Run> done) = 0;
  // A plan begins to run, or ends. The value: the run, running or rejected.
  virtual void approve_run(const Actor& actor, std::int64_t run_id, Done<Run> done) = 0;
  virtual void reject_run(const Actor& actor, std::int64_t run_id, Done<Run> done) = 0;
  virtual void put_exemption(const Actor& actor, const Exemption& exemption, Done<Exemption> done) = 0;
  virtual void delete_exemption(const Actor& actor, ExemptionKind kind, const std::string& subject,
                                Done<Nothing> done) = 0;
  virtual void pause(const Actor& actor, const std::string& reason, Done<DaemonStatus> done) = 0;
  virtual void resume(const Actor& actor, Done<DaemonStatus> done) = 0;

  // Asks Chat about one member. Answered within ten seconds, if need be with 504.
  virtual void inquire(const std::string& group_id, const std::string& account, Done<Inquiry> done) = 0;
};

}  // namespace headroom
