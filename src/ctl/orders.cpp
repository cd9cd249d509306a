#include "ctl/orders.h"

#include <functional>

#include "ctl/confirm.h"
#include "ctl/exit.h"
#include "ctl/preview.h"
#include "ctl/run_view.h"
#include "ctl/wait.h"
#include "http/uri.h"
#include "text/json_object.h"

namespace headroom::ctl {
namespace {

std::string order(Session& session, const std::string& path, const std::string& body = "") {
  return session.client().change({"POST", path, body, session.reason()});
}

// What became of it, or what it is now.
int tell_run(Session& session, const std::string& body) {
  const rapidjson::Document run = parse_object(body);
  if (session.line().has("wait")) return wait_for_run(session, number_text(run, "id"));
  if (session.json()) {
    session.print_json(body);
  } else {
    session.say(run_line(run));
    if (text_of(run, "mode") == "plan") session.note("headroomctl run " + number_text(run, "id") + " shows the plan.");
  }
  return exit_status::kOk;
}

int start_run(Session& session, const std::string& mode) {
  JsonObject body;
  body.text("mode", mode);
  if (session.line().has("force")) body.flag("force", true);
  return tell_run(session,
                  order(session, "/api/v1/groups/" + http::encode_text(session.word(0)) + "/runs", body.finish()));
}

// All are tried: a refusal of one is no reason to leave the others as they are.
int for_each_word(Session& session, const std::function<int(const std::string&)>& one) {
  int status = exit_status::kOk;
  for (const std::string& word : session.line().words) {
    try {
      if (one(word) != exit_status::kOk) status = exit_status::kRefused;
    } catch (const Failure& failure) {
      if (failure.status() != exit_status::kRefused) throw;
      session.complain(word + ": " + failure.what());
      status = exit_status::kRefused;
    }
  }
  return status;
}

int nothing_sent(Session& session) {
  session.note("Nothing was sent.");
  return exit_status::kRefused;
}

int tell_scheduler(Session& session, const std::string& body) {
  if (session.json()) {
    session.print_json(body);
    return exit_status::kOk;
  }
  const rapidjson::Document summary = parse_object(body);
  const bool paused = flag_of(summary, "paused").value_or(false);
  session.say(paused ? "The scheduler is paused: " + text_of(summary, "paused_reason") : "The scheduler goes on.");
  return exit_status::kOk;
}

std::string exemption_path(const Session& session) {
  return (session.word(0) == "group" ? "/api/v1/exemptions/groups/" : "/api/v1/exemptions/members/") +
         http::encode_text(session.word(1));
}

}  // namespace

int plan_group(Session& session) { return start_run(session, "plan"); }

int prune_group(Session& session) {
  require_somebody(session);
  if (!confirm(session, [&] { return preview_pruning(session, session.word(0)); })) return nothing_sent(session);
  return start_run(session, "prune");
}

int raise_group(Session& session) {
  require_somebody(session);
  if (!confirm(session, [&] { return preview_raise(session, session.word(0)); })) return nothing_sent(session);
  return start_run(session, "raise");
}

int approve_runs(Session& session) {
  require_somebody(session);
  return for_each_word(session, [&](const std::string& id) {
    if (!confirm(session, [&] { return preview_approval(session, id); })) return nothing_sent(session);
    return tell_run(session, order(session, run_path(id) + "/approve"));
  });
}

int reject_runs(Session& session) {
  return for_each_word(
      session, [&](const std::string& id) { return tell_run(session, order(session, run_path(id) + "/reject")); });
}

int restore_run(Session& session) {
  require_somebody(session);
  if (!confirm(session, [&] { return preview_restore(session, session.word(0)); })) return nothing_sent(session);
  return tell_run(session, order(session, run_path(session.word(0)) + "/restore"));
}

int exempt_one(Session& session) {
  const auto until = moment_option(session, "until", Direction::kAhead);
  JsonObject body;
  body.text("reason", session.reason());
  body.text_or_null("expires_at", until.value_or(""));
  const std::string answer = session.client().change({"PUT", exemption_path(session), body.finish(), session.reason()});
  if (session.json()) {
    session.print_json(answer);
    return exit_status::kOk;
  }
  const rapidjson::Document exemption = parse_object(answer);
  const auto end = time_of(exemption, "expires_at");
  session.say("The " + text_of(exemption, "kind") + " " + text_of(exemption, "id") + " is exempt" +
              (end ? " until " + session.moment(end) : "") + ".");
  return exit_status::kOk;
}

int unexempt_one(Session& session) {
  session.client().change({"DELETE", exemption_path(session), "", session.reason()});
  if (!session.json()) session.say("The " + session.word(0) + " " + session.word(1) + " is not exempt any more.");
  return exit_status::kOk;
}

int call_silent(Session& session) {
  const std::string path = "/api/v1/groups/" + http::encode_text(session.word(0)) + "/silent";
  if (session.line().has("off")) {
    session.client().change({"DELETE", path, "", session.reason()});
    if (!session.json()) session.say("The members of " + session.word(0) + " are judged as everywhere.");
    return exit_status::kOk;
  }
  JsonObject body;
  body.text("reason", session.reason());
  const std::string answer = session.client().change({"PUT", path, body.finish(), session.reason()});
  if (session.json()) {
    session.print_json(answer);
  } else {
    session.say("The members of " + session.word(0) + " are judged by reading: silence is the group's nature.");
  }
  return exit_status::kOk;
}

int pause_scheduler(Session& session) {
  JsonObject body;
  body.text("reason", session.reason());
  return tell_scheduler(session, order(session, "/api/v1/scheduler/pause", body.finish()));
}

int resume_scheduler(Session& session) { return tell_scheduler(session, order(session, "/api/v1/scheduler/resume")); }

int start_sweep(Session& session) {
  JsonObject body;
  body.flag("dry_run", session.line().has("dry-run"));
  const std::string answer = order(session, "/api/v1/sweeps", body.finish());
  const rapidjson::Document sweep = parse_object(answer);
  if (session.line().has("wait")) return wait_for_sweep(session, number_text(sweep, "id"));
  if (session.json()) {
    session.print_json(answer);
  } else {
    session.say(sweep_line(sweep));
  }
  return exit_status::kOk;
}

}  // namespace headroom::ctl
