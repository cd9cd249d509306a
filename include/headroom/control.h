#pragma once

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "headroom/audit.h"
#include "headroom/denied.h"
#include "headroom/inquiry.h"
#include "headroom/kept_answer.h"
#include "headroom/raise.h"
#include "headroom/run.h"
#include "headroom/storage.h"
#include "headroom/what_if.h"

namespace headroom {

enum class SchedulerMode { kObserve, kPlan, kApprove, kPrune };

// How a request is answered: once, from any thread, after its result is on disk. One that may be repeated has a key:
// then its answer is rendered in the transaction of what it did, and kept with it.
template <typename T>
class Done {
 public:
  using Render = std::function<KeptAnswer(const Result<T>&)>;
  using Send = std::function<void(const KeptAnswer&)>;

  template <typename Call>
  requires(!std::is_same_v<std::remove_cvref_t<Call>, Done> && std::is_invocable_v<Call&, Result<T>>) Done(Call call)
      : call_(std::move(call)) {}
  Done(RequestKey key, Render render, Send send)
      : key_(std::move(key)), render_(std::move(render)), send_(std::move(send)) {}

  void operator()(Result<T> result) const {
    if (call_) {
      call_(std::move(result));
    } else {
      send_(render_(result));
    }
  }

  const std::optional<RequestKey>& key() const { return key_; }
  // With a key only.
  KeptAnswer render(const Result<T>& result) const { return render_(result); }
  void send(const KeptAnswer& answer) const { send_(answer); }

 private:
  std::function<void(Result<T>)> call_;
  std::optional<RequestKey> key_;
  Render render_;
  Send send_;
};

// Whether Chat can be reached, as the newest calls showed it.
struct ChatStatus {
  std::optional<bool> reachable;          // absent: nobody has asked yet
  std::optional<TimeMs> last_success_at;  // of a call that was done
  std::string error;                      // what was wrong with the newest calls, in words; empty: nothing
};

// A webhook that was not taken.
struct WebhookRefusal {
  TimeMs at = 0;
  std::string reason;  // a word of headroom_webhook_refusals_total
  std::string peer;
};

struct DaemonStatus {
  SchedulerMode mode = SchedulerMode::kPlan;
  bool paused = false;
  std::string paused_reason;       // empty when not paused
  std::string paused_hint;         // what to do about it, in words; empty when not paused
  std::optional<TimeMs> retry_at;  // when the daemon asks again by itself whether the cause of its pause is gone
  // Empty when webhooks can be taken; else the failing check ("storage", "stopping") and why.
  std::string failing_check;
  std::string failing_detail;
  std::optional<bool> spooling;  // of a node: events wait on its own disk, or would; absent: it has no spool
  DurationMs stale_after = 0;
  std::int64_t max_removals_per_day = 0;  // 0 = no limit
  bool open = true;                       // the calendar
  std::optional<TimeMs> next_open_at;     // while it is closed; absent: not within kCalendarHorizon
  CapacityRules capacity;
  Share target_headroom;
  ChatStatus chat;
  std::optional<TimeMs> last_webhook_at;
  std::optional<WebhookRefusal> last_refusal;
};

// What an operator orders for a group.
struct RunOrder {
  RunMode mode = RunMode::kPlan;  // or kPrune
  bool force = false;             // also while the calendar is closed

  RunOrder() = default;
  RunOrder(RunMode of, bool forced = false) : mode(of), force(forced) {}  // NOLINT(google-explicit-constructor)
};

// What the admin API may ask of the running daemon. Completions are called exactly once, from any thread, after what
// they report is on disk. A change is recorded in the audit, in its own transaction, under the name of its actor.
class Control {
 public:
  virtual ~Control() = default;

  virtual DaemonStatus status() const = 0;
  virtual std::string metrics_text() const = 0;  // Prometheus text format 0.0.4
  // This daemon, where nobody shares its store; absent: the store knows who does.
  virtual std::optional<NodeState> sole_node() const { return std::nullopt; }

  // A run of trigger `operator`.
  virtual void start_run(const Actor& actor, const std::string& group_id, RunOrder order, Done<Run> done) = 0;
  // A plan begins to run, or ends. The value: the run, running or rejected.
  virtual void approve_run(const Actor& actor, std::int64_t run_id, Done<Run> done) = 0;
  virtual void reject_run(const Actor& actor, std::int64_t run_id, Done<Run> done) = 0;
  // Brings the members back whom that run removed, or sets the limit back that it raised. The value: the new run.
  virtual void restore_run(const Actor& actor, std::int64_t run_id, Done<Run> done) = 0;
  // An operator's word that silence is the group's nature (or not any more): it is due at once. kNotFound: an unknown
  // one.
  virtual void set_silent(const Actor& actor, const std::string& group_id, bool silent, Done<Group> done) = 0;
  virtual void put_exemption(const Actor& actor, const Exemption& exemption, Done<Exemption> done) = 0;
  // All of them or none. The value: as they are stored, in the same order.
  virtual void put_exemptions(const Actor& actor, const std::vector<Exemption>& exemptions,
                              Done<std::vector<Exemption>> done) = 0;
  virtual void delete_exemption(const Actor& actor, ExemptionKind kind, const std::string& subject,
                                Done<Nothing> done) = 0;
  virtual void pause(const Actor& actor, const std::string& reason, Done<DaemonStatus> done) = 0;
  virtual void resume(const Actor& actor, Done<DaemonStatus> done) = 0;
  virtual void start_sweep(const Actor& actor, bool dry_run, Done<Sweep> done) = 0;

  // Asks Chat about one member. Answered within ten seconds, if need be with 504.
  virtual void inquire(const MemberQuestion& question, Done<Inquiry> done) = 0;
  // What another policy would have done, or would do: nothing is changed or stored. kInvalid: a key or a value that is
  // none. Answered within ten seconds, if need be with 504.
  virtual void what_if(const WhatIfRequest& request, Done<WhatIf> done) = 0;
};

}  // namespace headroom
