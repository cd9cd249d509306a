#include "daemon/operator_log.h"

#include "headroom/chat_errors.h"
#include "headroom/names.h"
#include "headroom/reasons.h"
#include "headroom/selection.h"
#include "text/time_text.h"

namespace headroom::operator_log {
namespace {

// What its operator has decided wakes nobody.
bool is_wanted(BlockReason reason) {
  return reason == BlockReason::kExempt || reason == BlockReason::kOutOfScope || reason == BlockReason::kTooSmall;
}

// Of a call that sets a limit.
bool shows_a_ceiling(const Reason& reason) {
  return reason == Reason::kNoPermission || reason == Reason::of_chat(chat_code::kInvalidParameter) ||
         reason == Reason::of_chat(chat_code::kPlanLimitOfMembers);
}

Explanation explain_end(const Run& run, const std::string& chat_error) {
  if (run.reason.empty()) {
    return {"only a part of the plan was carried out",
            "its members' outcomes say why: headroomctl run " + std::to_string(run.id)};
  }
  Explanation why = explain(run.reason);
  if (run.raise && run.mode == RunMode::kRestore) {
    why.hint = "headroomctl group shows the limit that holds; headroomctl restore sets it back again";
  } else if (run.raise && shows_a_ceiling(run.reason)) {
    why.hint =
        "members are removed instead, within the policy; it is asked again after 7 days, or at once by "
        "headroomctl raise";
  }
  if (run.reason == Reason::kChatUnreachable && !chat_error.empty()) why.what += " (" + chat_error + ")";
  return why;
}

// "2h 3m", "45s".
std::string length_of(DurationMs lasted) {
  const std::int64_t hours = lasted / kHourMs;
  const std::int64_t minutes = lasted / kMinuteMs % 60;
  const std::int64_t seconds = lasted / kSecondMs % 60;
  if (hours > 0) return std::to_string(hours) + "h " + std::to_string(minutes) + "m";
  if (minutes > 0) return std::to_string(minutes) + "m " + std::to_string(seconds) + "s";
  return std::to_string(seconds) + "s";
}

void raise_finished(Log& log, const Run& run, const std::string& chat_error) {
  const LogField id("run", run.id);
  const LogField group("group", run.group_id);
  const LogField mode("mode", name_of(run.mode));
  const LogField state("state", name_of(run.state));
  const LogField reason("reason", name_of(run.reason));
  const LogField from("from", run.raise->from);
  const LogField to("to", run.raise->to);
  if (run.state == RunState::kFailed) {
    const Explanation why = explain_end(run, chat_error);
    log.warning("run finished", {id, group, mode, state, reason, from, to, {"error", why.what}, {"hint", why.hint}});
  } else {
    log.info("run finished", {id, group, mode, state, reason, from, to});
  }
}

}  // namespace

void run_finished(Log& log, const Run& run, const std::string& chat_error) {
  const LogField id("run", run.id);
  const LogField group("group", run.group_id);
  const LogField mode("mode", name_of(run.mode));
  const LogField state("state", name_of(run.state));
  const LogField reason("reason", name_of(run.reason));
  const LogField selected("selected", run.selected);
  const LogField removed("removed", run.removed);
  const LogField restored("restored", run.restored);
  if (run.raise) return raise_finished(log, run, chat_error);
  if (run.state == RunState::kFailed || run.state == RunState::kPartial) {
    const Explanation why = explain_end(run, chat_error);
    log.warning("run finished",
                {id, group, mode, state, reason, selected, removed, restored, {"error", why.what}, {"hint", why.hint}});
    return;
  }
  if (run.waits_for == WaitsFor::kFirstShare || run.waits_for == WaitsFor::kJump) {
    const RemovableShare share = removable_share(run);
    log.warning(run.waits_for == WaitsFor::kJump
                    ? "far more could go than in the listing before: the run waits for an approval"
                    : "more than policy.first_share of the first listing could go: the run waits for an approval",
                {id, group, {"considered", share.considered}, {"eligible", share.eligible}});
  }
  log.info("run finished", {id, group, mode, state, reason, selected, removed, restored});
}

void run_parked(Log& log, const Run& run, TimeMs until) {
  log.info("run waits for the calendar", {{"run", run.id},
                                          {"group", run.group_id},
                                          {"selected", run.selected},
                                          {"removed", run.removed},
                                          {"until", format_time(until)}});
}

void group_blocked(Log& log, const Group& group) {
  const Explanation why = explain(name_of(group.reason));
  const LogField id("group", group.group_id);
  const LogField reason("reason", name_of(group.reason));
  const LogField error("error", why.what);
  const LogField hint("hint", why.hint);
  if (is_wanted(group.reason)) {
    log.info("group blocked", {id, reason, error, hint});
  } else if (group.last_run_id) {
    log.warning("group blocked", {id, reason, {"run", *group.last_run_id}, error, hint});
  } else {
    log.warning("group blocked", {id, reason, error, hint});
  }
}

void sweep_ended(Log& log, const Sweep& sweep) {
  const LogField id("sweep", sweep.id);
  const LogField state("state", name_of(sweep.state));
  const LogField reason("reason", name_of(sweep.reason));
  const LogField listed("listed", sweep.groups_listed);
  const LogField read("read", sweep.groups_read);
  const LogField full("full", sweep.groups_full);
  const LogField fresh("new", sweep.groups_new);
  if (sweep.state == SweepState::kFailed) {
    const Explanation why = explain(sweep.reason);
    log.warning("sweep ended", {id, state, reason, listed, read, full, fresh, {"error", why.what}, {"hint", why.hint}});
  } else {
    log.info("sweep ended", {id, state, reason, listed, read, full, fresh});
  }
}

void paused_itself(Log& log, const Reason& reason, const std::string& group_id) {
  const Explanation why = explain(reason);
  const LogField word("reason", name_of(reason));
  const LogField error("error", why.what);
  const LogField hint("hint", why.hint);
  if (group_id.empty()) {
    log.error("scheduler pauses itself", {word, error, hint});
  } else {
    log.error("scheduler pauses itself", {word, {"group", group_id}, error, hint});
  }
}

void still_paused(Log& log, const std::string& reason, const std::string& hint) {
  log.warning("the scheduler is paused since before the start", {{"reason", reason}, {"hint", hint}});
}

void changed(Log& log, const Change& change) {
  const LogField what("what", change.what);
  const LogField subject("subject", change.subject);
  const LogField token("token", change.token);
  if (change.token.empty()) {
    log.info("changed", {what, subject});
  } else if (change.run_id == 0) {
    log.info("changed", {what, subject, token});
  } else {
    log.info("changed", {what, subject, token, {"run", change.run_id}});
  }
}

void changed(Log& log, const std::vector<ChangedKey>& changes) {
  for (const ChangedKey& change : changes) {
    if (change.from == change.to) {
      log.info("changed", {{"key", change.key}});
    } else {
      log.info("changed", {{"key", change.key}, {"from", change.from}, {"to", change.to}});
    }
  }
}

void lease_lost(Log& log, const std::string& cause, Database database) {
  const char* hint =
      database == Database::kShared
          ? "nothing is decided or removed here until this node leads again; webhooks are taken all the same; "
            "headroomctl nodes has who leads"
          : "nothing is decided or removed here: two daemons have the database; stop one of them and start the other "
            "again";
  log.error("lease_lost", {{"cause", cause}, {"hint", hint}});
}

void chat_unreachable(Log& log, const std::string& host, const std::string& cause) {
  log.warning("chat unreachable",
              {{"host", host}, {"cause", cause}, {"hint", "check DNS, the way out, chat.region and chat.base_url"}});
}

void chat_reachable_again(Log& log, const std::string& host, DurationMs lasted) {
  log.info("chat reachable again", {{"host", host}, {"after", length_of(lasted)}});
}

}  // namespace headroom::operator_log
