#include "daemon/observer.h"

#include <memory>

#include "daemon/operator_log.h"
#include "headroom/names.h"

namespace headroom {
namespace {

// "host:port" of "https://host:port/…".
std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t start = scheme == std::string::npos ? 0 : scheme + 3;
  return url.substr(start, url.find('/', start) - start);
}

}  // namespace

DaemonObserver::DaemonObserver(Log& log, Clock& clock, const std::string& chat_url, operator_log::Database database)
    : log_(log),
      clock_(clock),
      chat_host_(host_of(chat_url)),
      database_(database),
      metrics_(HEADROOM_VERSION),
      chat_watch_(*this),
      refusals_(log, clock) {}

void DaemonObserver::events_stored(std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) metrics_.event_recorded();
}

void DaemonObserver::run_stored(const Run& run) {
  if (run.mode == RunMode::kRaise && run.raise) {
    log_.info("run started",
              {{"run", run.id}, {"group", run.group_id}, {"from", run.raise->from}, {"to", run.raise->to}});
    return;
  }
  log_.info("run started", {{"run", run.id}, {"group", run.group_id}, {"selected", run.selected}});
}

void DaemonObserver::run_parked(const Run& run, TimeMs until) { operator_log::run_parked(log_, run, until); }

void DaemonObserver::run_finished(const Run& run) {
  metrics_.run_finished(run.state);
  if (run.mode == RunMode::kRaise) metrics_.raise_ended(run.state);
  operator_log::run_finished(log_, run, chat_watch_.last_failure());
}

void DaemonObserver::members_noted(const std::string& group_id, std::int64_t count) {
  log_.debug("members noted before the plan", {{"group", group_id}, {"members", count}});
}

void DaemonObserver::sweep_began(const Sweep& sweep) {
  log_.info("sweep runs", {{"sweep", sweep.id}, {"dry_run", sweep.dry_run}, {"listed", sweep.groups_listed}});
}

void DaemonObserver::sweep_ended(const Sweep& sweep) {
  metrics_.sweep_ended(sweep.state);
  operator_log::sweep_ended(log_, sweep);
}

void DaemonObserver::type_skipped(const std::string& type, int code) {
  log_.info("the app has no groups of a type", {{"type", type}, {"code", code}});
}

void DaemonObserver::changed(const Change& change) { operator_log::changed(log_, change); }

void DaemonObserver::paused_itself(const Reason& reason, const std::string& group_id) {
  operator_log::paused_itself(log_, reason, group_id);
}

void DaemonObserver::own_pause_ends(PauseEnd end) {
  log_.info(end == PauseEnd::kCauseGone ? "the cause of the scheduler's own pause is gone"
                                        : "the scheduler tries again, the cause of its own pause may be gone");
}

void DaemonObserver::lead_taken(std::int64_t) { lead_taken_(); }

void DaemonObserver::lead_lost(std::int64_t) {
  metrics_.lease_lost();
  operator_log::lease_lost(log_, "another process has taken it, or the database did not answer in time", database_);
}

void DaemonObserver::outage_began(const std::string& cause) { operator_log::chat_unreachable(log_, chat_host_, cause); }

void DaemonObserver::outage_ended(DurationMs lasted) { operator_log::chat_reachable_again(log_, chat_host_, lasted); }

// One request at a time.
ChatObserver DaemonObserver::of_calls(Progress::Pulse* pulse) {
  const auto sent_at = std::make_shared<DurationMs>(0);
  ChatObserver observer;
  observer.began = [this, sent_at] {
    *sent_at = clock_.steady_now().ms;
    chat_watch_.began(*sent_at);
  };
  observer.ended = [this, sent_at, pulse](const ChatCall& call) {
    if (pulse != nullptr) pulse->beat();
    metrics_.chat_request(call);
    chat_watch_.ended(call, *sent_at, clock_.steady_now().ms, clock_.now());
    if (call.outcome == ChatOutcome::kDone) return;
    log_.debug("chat call", {{"api", call.api}, {"outcome", name_of(call.outcome)}, {"detail", call.detail}});
  };
  return observer;
}

webhook::WebhookHandler::Hooks DaemonObserver::of_webhooks() {
  webhook::WebhookHandler::Hooks hooks;
  hooks.answered = [this](webhook::WebhookResult result, double seconds) {
    using webhook::WebhookResult;
    metrics_.webhook(webhook::name_of(result), seconds);
    const bool taken = result == WebhookResult::kRecorded || result == WebhookResult::kDuplicate ||
                       result == WebhookResult::kSpooled || result == WebhookResult::kIgnored;
    if (taken) refusals_.taken();
  };
  hooks.refused = [this](RefusalReason reason, const std::string& peer, const std::string& hint) {
    metrics_.webhook_refused(reason);
    refusals_.refused(reason, peer, hint);
  };
  return hooks;
}

void DaemonObserver::look() {
  refusals_.write_due();
  chat_watch_.look(clock_.steady_now().ms);
}

}  // namespace headroom
