#include "admin/changes.h"

#include <string>
#include <utility>
#include <vector>

#include "admin/body.h"
#include "admin/exemption_items.h"
#include "admin/json.h"
#include "admin/limit_outlook.h"
#include "admin/query.h"
#include "admin/repeat.h"
#include "admin/response.h"
#include "headroom/event.h"
#include "text/utf8.h"

namespace headroom::admin {
namespace {

constexpr std::string_view kPausedWithoutReason = "paused by an operator";

// The completion that answers with `render(value)`, or with why not. It may run in another thread: `render` has to own
// all that it uses.
template <typename T, typename Render>
Done<T> answer(const AdminCall& call, const Respond& respond, Render render) {
  const auto response = [render = std::move(render), not_done = call.not_done](const Result<T>& result) {
    if (const auto* value = std::get_if<T>(&result)) return render(*value);
    const Denied& denied = std::get<Denied>(result);
    if (denied.kind == Denied::kUnavailable) not_done(denied.detail);
    return problem(denied);
  };
  if (!call.key) return [respond, response](const Result<T>& result) { respond(response(result)); };
  return {*call.key, [response](const Result<T>& result) { return kept_of(response(result)); },
          [respond](const KeptAnswer& kept) { respond(response_of(kept)); }};
}

// A body without one takes the header's.
std::string reason_of(std::string from_body, const AdminCall& call) {
  return from_body.empty() ? call.actor.reason : std::move(from_body);
}

void put_exemption(ExemptionKind kind, AdminContext& context, const AdminCall& call, const Respond& respond) {
  if (!is_valid_subject(call.arguments.front())) {
    return respond(problem(400, "an id must be 1 to 128 bytes of UTF-8 without control characters"));
  }
  Exemption exemption;
  exemption.created_at = context.clock.now();
  auto body = parse_exemption_body(call.request.body, exemption.created_at);
  if (const auto* denied = std::get_if<Denied>(&body)) return respond(problem(*denied));
  exemption.kind = kind;
  exemption.subject = call.arguments.front();
  exemption.reason = reason_of(std::move(std::get<ExemptionBody>(body).reason), call);
  exemption.expires_at = std::get<ExemptionBody>(body).expires_at;
  context.control.put_exemption(call.actor, exemption, answer<Exemption>(call, respond, [](const Exemption& stored) {
                                  return json_response(200, exemption_json(stored));
                                }));
}

std::string exemptions_json(const std::vector<Exemption>& exemptions) {
  std::string json = "{\"items\":[";
  for (const Exemption& exemption : exemptions) {
    if (json.back() != '[') json += ',';
    json += exemption_json(exemption);
  }
  return json + "]}";
}

void delete_exemption(ExemptionKind kind, AdminContext& context, const AdminCall& call, const Respond& respond) {
  if (!is_valid_subject(call.arguments.front())) return respond(problem(404, "there is no such exemption"));
  context.control.delete_exemption(call.actor, kind, call.arguments.front(),
                                   answer<Nothing>(call, respond, [](Nothing) { return empty_response(); }));
}

// Only this thread may read the store, so what the summary counts is read ahead of the change; the status in it is the
// new one. A store that can not be read must not keep anybody from pausing, nor tell whoever has paused that he has
// not: older counts do.
Done<DaemonStatus> answer_summary(AdminContext& context, const AdminCall& call, const Respond& respond) {
  std::optional<SummaryCounts> counts;
  try {
    counts = context.summary.counts(context.view, context.control.status().stale_after, context.clock);
  } catch (const StorageError&) {
    counts = context.summary.newest();
  }
  context.summary.forget();
  return answer<DaemonStatus>(call, respond,
                              [counts = std::move(counts), version = context.version](const DaemonStatus& status) {
                                if (!counts)
                                  return problem(503, "it is done, but the counts of the summary could not be read");
                                return json_response(200, summary_json(*counts, status, version));
                              });
}

// Only this thread may read the store: what is said of the group beside what is stored of it is read ahead of the
// change.
Done<Group> answer_group(AdminContext& context, const AdminCall& call, const Respond& respond) {
  const std::string& group_id = call.arguments.front();
  const TimeMs now = context.clock.now();
  const bool exempt = context.view.find_exemption(ExemptionKind::kGroup, group_id, now).has_value();
  const auto known = context.view.find_group(group_id);
  const LimitOutlooks outlooks(context.control.status(), context.view, now);
  const LimitOutlook outlook = known ? outlooks.of(*known) : LimitOutlook();
  return answer<Group>(call, respond, [exempt, outlook](const Group& group) {
    return json_response(200, group_json(group, exempt, outlook));
  });
}

Done<Run> answer_run(int status, const AdminCall& call, const Respond& respond) {
  return answer<Run>(call, respond, [status](const Run& run) { return json_response(status, run_json(run)); });
}

Done<Run> answer_new_run(const AdminCall& call, const Respond& respond) {
  return answer<Run>(call, respond, [](const Run& run) {
    Response response = json_response(202, run_json(run));
    response.headers.emplace_back("Location", "/api/v1/runs/" + std::to_string(run.id));
    return response;
  });
}

}  // namespace

void post_run(AdminContext& context, const AdminCall& call, const Respond& respond) {
  const std::string& group_id = call.arguments.front();
  const auto order = parse_run_body(call.request.body);
  if (const auto* denied = std::get_if<Denied>(&order)) return respond(problem(*denied));
  if (!is_valid_subject(group_id)) return respond(problem(404, "there is no such group"));
  context.control.start_run(call.actor, group_id, std::get<RunOrder>(order), answer_new_run(call, respond));
}

void post_approval(AdminContext& context, const AdminCall& call, const Respond& respond) {
  context.control.approve_run(call.actor, run_id_of(call), answer_run(202, call, respond));
}

void post_rejection(AdminContext& context, const AdminCall& call, const Respond& respond) {
  context.control.reject_run(call.actor, run_id_of(call), answer_run(200, call, respond));
}

void post_restore(AdminContext& context, const AdminCall& call, const Respond& respond) {
  context.control.restore_run(call.actor, run_id_of(call), answer_new_run(call, respond));
}

void post_exemptions(AdminContext& context, const AdminCall& call, const Respond& respond) {
  auto parsed = parse_exemption_items(call.request.body, context.clock.now());
  if (const auto* denied = std::get_if<Denied>(&parsed)) return respond(problem(*denied));
  auto& exemptions = std::get<std::vector<Exemption>>(parsed);
  for (Exemption& exemption : exemptions) exemption.reason = reason_of(std::move(exemption.reason), call);
  context.control.put_exemptions(call.actor, exemptions,
                                 answer<std::vector<Exemption>>(call, respond, [](const auto& stored) {
                                   return json_response(200, exemptions_json(stored));
                                 }));
}

void put_silent(AdminContext& context, const AdminCall& call, const Respond& respond) {
  if (!is_valid_subject(call.arguments.front())) return respond(problem(404, "no such group"));
  auto body = parse_reason_body(call.request.body);
  if (const auto* denied = std::get_if<Denied>(&body)) return respond(problem(*denied));
  Actor actor = call.actor;
  actor.reason = reason_of(std::get<std::string>(std::move(body)), call);
  context.control.set_silent(actor, call.arguments.front(), true, answer_group(context, call, respond));
}

void delete_silent(AdminContext& context, const AdminCall& call, const Respond& respond) {
  if (!is_valid_subject(call.arguments.front())) return respond(problem(404, "no such group"));
  context.control.set_silent(call.actor, call.arguments.front(), false,
                             answer<Group>(call, respond, [](const Group&) { return empty_response(); }));
}

void put_group_exemption(AdminContext& context, const AdminCall& call, const Respond& respond) {
  put_exemption(ExemptionKind::kGroup, context, call, respond);
}

void put_member_exemption(AdminContext& context, const AdminCall& call, const Respond& respond) {
  put_exemption(ExemptionKind::kMember, context, call, respond);
}

void delete_group_exemption(AdminContext& context, const AdminCall& call, const Respond& respond) {
  delete_exemption(ExemptionKind::kGroup, context, call, respond);
}

void delete_member_exemption(AdminContext& context, const AdminCall& call, const Respond& respond) {
  delete_exemption(ExemptionKind::kMember, context, call, respond);
}

void post_sweep(AdminContext& context, const AdminCall& call, const Respond& respond) {
  const auto dry_run = parse_sweep_body(call.request.body);
  if (const auto* denied = std::get_if<Denied>(&dry_run)) return respond(problem(*denied));
  context.control.start_sweep(call.actor, std::get<bool>(dry_run), answer<Sweep>(call, respond, [](const Sweep& sweep) {
                                return json_response(202, sweep_json(sweep));
                              }));
}

void post_pause(AdminContext& context, const AdminCall& call, const Respond& respond) {
  auto body = parse_reason_body(call.request.body);
  if (const auto* denied = std::get_if<Denied>(&body)) return respond(problem(*denied));
  const std::string reason = reason_of(std::get<std::string>(std::move(body)), call);
  context.control.pause(call.actor, reason.empty() ? std::string(kPausedWithoutReason) : reason,
                        answer_summary(context, call, respond));
}

void post_resume(AdminContext& context, const AdminCall& call, const Respond& respond) {
  context.control.resume(call.actor, answer_summary(context, call, respond));
}

}  // namespace headroom::admin
