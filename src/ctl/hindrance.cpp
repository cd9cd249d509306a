#include "ctl/hindrance.h"

#include <algorithm>

#include "ctl/exit.h"
#include "ctl/list.h"
#include "http/uri.h"
#include "text/units.h"

namespace headroom::ctl {
namespace {

constexpr DurationMs kUsualTtl = kDayMs;

[[noreturn]] void refuse(const std::string& why) { throw Failure(exit_status::kRefused, why); }

std::string named_run(const Json& run) { return "run " + number_text(run, "id"); }

void expect_no_other_run(Session& session, const std::string& group_id, const std::string& self) {
  const std::string path = "/api/v1/groups/" + http::encode_text(group_id) + "/runs?state=running,awaiting_approval";
  each_page(session, path, 1, [&](const AnswerPage& page) {
    for (const Json& run : page.items().GetArray()) {
      if (number_text(run, "id") != self) refuse(named_run(run) + " is open in this group");
    }
    return true;
  });
}

void expect_no_observing(const Json& summary) {
  if (text_of(summary, "mode") == "observe") refuse("the daemon runs in mode observe");
}

void expect_no_pause(const Json& summary) {
  if (flag_of(summary, "paused").value_or(false))
    refuse("the scheduler is paused: " + text_of(summary, "paused_reason"));
}

void expect_no_exemption(const Json& group) {
  if (flag_of(group, "exempt").value_or(false)) refuse("the group is exempt");
}

rapidjson::Document summary_of(Session& session) { return parse_object(session.client().get("/api/v1/summary")); }

}  // namespace

DurationMs approval_ttl(Session& session) {
  std::string body;
  try {
    body = session.client().get("/api/v1/config");
  } catch (const Failure& failure) {
    if (failure.status() != exit_status::kRefused) throw;
    return kUsualTtl;
  }
  const AnswerPage keys = parse_page(body);
  for (const Json& key : keys.items().GetArray()) {
    if (text_of(key, "key") == "scheduler.approval_ttl")
      return parse_duration(text_of(key, "value")).value_or(kUsualTtl);
  }
  return kUsualTtl;
}

bool is_young(const Json& plan, DurationMs ttl) {
  const auto made = std::max(time_of(plan, "created_at"), time_of(plan, "confirmed_at"));
  return made && Session::now() - *made < ttl;
}

void expect_approvable(Session& session, const Json& run, const Json& group) {
  const std::string state = text_of(run, "state");
  if (state != "awaiting_approval" && state != "planned")
    refuse(named_run(run) + " is " + state + ", only a plan can be approved");
  if (!is_young(run, approval_ttl(session))) refuse("the plan is older than scheduler.approval_ttl");
  const rapidjson::Document summary = summary_of(session);
  expect_no_observing(summary);
  expect_no_pause(summary);
  expect_no_exemption(group);
  expect_no_other_run(session, text_of(group, "group_id"), number_text(run, "id"));
}

void expect_orderable(Session& session, const Json& group) {
  const rapidjson::Document summary = summary_of(session);
  expect_no_observing(summary);
  expect_no_pause(summary);
  expect_no_exemption(group);
  // What is forced waits for no calendar, nor behind a run that does.
  if (session.line().has("force")) return;
  if (flag_of(summary, "open") == false) {
    const auto next = time_of(summary, "next_open_at");
    refuse("the calendar is closed" + (next ? " until " + session.moment(next) : "") +
           (session.line().command->name == "prune" ? "; --force does not wait for it" : ""));
  }
  expect_no_other_run(session, text_of(group, "group_id"), "");
}

void expect_restorable(Session& session, const Json& run) {
  const std::string state = text_of(run, "state");
  if (state == "running" || state == "awaiting_approval") refuse(named_run(run) + " is " + state);
  const auto removed = number_of(run, "removed").value_or(0);
  if (text_of(run, "mode") == "raise") {
    if (state != "succeeded") refuse(named_run(run) + " raised nothing");
  } else if (removed == 0) {
    refuse(named_run(run) + " removed nobody");
  } else if (number_of(run, "restored").value_or(0) >= removed) {
    refuse("all whom " + named_run(run) + " removed have been brought back");
  }
  expect_no_observing(summary_of(session));
  expect_no_other_run(session, text_of(run, "group_id"), "");
}

}  // namespace headroom::ctl
