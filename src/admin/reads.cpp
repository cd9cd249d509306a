#include "admin/reads.h"

#include "admin/json.h"
#include "admin/limit_outlook.h"
#include "admin/list_response.h"
#include "admin/query.h"
#include "admin/response.h"
#include "headroom/event.h"
#include "text/utf8.h"

namespace headroom::admin {
namespace {

Response no_such_group() { return problem(404, "there is no such group"); }
Response no_such_run() { return problem(404, "there is no such run"); }

// An id that no group can have is that of no group.
std::optional<Group> find_group(AdminContext& context, const std::string& group_id) {
  if (!is_valid_subject(group_id)) return std::nullopt;
  return context.view.find_group(group_id);
}

std::optional<Run> find_run(AdminContext& context, std::int64_t id) {
  return id == 0 ? std::nullopt : context.view.find_run(id);
}

bool is_exempt(AdminContext& context, const Group& group) {
  return context.view.find_exemption(ExemptionKind::kGroup, group.group_id, context.clock.now()).has_value();
}

// The events or runs of a group that stands in the path, or of those that the query names.
enum class Parent { kNone, kGroup };

std::optional<std::string> group_filter(AdminQuery& query, const AdminCall& call, Parent parent) {
  if (parent == Parent::kNone) return query.subject("group_id");
  query.in_path("group_id", call.arguments.front());
  return call.arguments.front();
}

Response events_of(Parent parent, AdminContext& context, const AdminCall& call) {
  AdminQuery query(call.request, "events");
  EventFilter filter;
  filter.group_id = group_filter(query, call, parent);
  filter.since = query.time("since");
  filter.until = query.time("until");
  const PageRequest page = query.page();
  if (query.problem()) return problem(*query.problem());
  if (parent == Parent::kGroup && !find_group(context, *filter.group_id)) return no_such_group();
  return list_response(query, context.view.events(filter, page), event_json);
}

Response runs_of(Parent parent, AdminContext& context, const AdminCall& call) {
  AdminQuery query(call.request, "runs");
  RunFilter filter;
  filter.group_id = group_filter(query, call, parent);
  filter.states = query.words<RunState>("state");
  filter.since = query.time("since");
  filter.until = query.time("until");
  const PageRequest page = query.page();
  if (query.problem()) return problem(*query.problem());
  if (parent == Parent::kGroup && !find_group(context, *filter.group_id)) return no_such_group();
  return list_response(query, context.view.runs(filter, page), run_json);
}

}  // namespace

Response get_summary(AdminContext& context, const AdminCall&) {
  const DaemonStatus status = context.control.status();
  const SummaryCounts counts = context.summary.counts(context.view, status.stale_after, context.clock);
  return json_response(200, summary_json(counts, status, context.version));
}

Response list_groups(AdminContext& context, const AdminCall& call) {
  AdminQuery query(call.request, "groups");
  GroupFilter filter;
  filter.states = query.words<GroupState>("state");
  filter.reasons = query.words<BlockReason>("reason");
  filter.search = query.search("search");
  filter.sort = query.word<GroupSort>("sort").value_or(GroupSort::kNewest);
  if (query.is_true("stale")) filter.full_since_until = context.clock.now() - context.control.status().stale_after;
  const PageRequest page = query.page();
  if (query.problem()) return problem(*query.problem());
  const LimitOutlooks outlooks(context.control.status(), context.view, context.clock.now());
  return list_response(query, context.view.groups(filter, page), [&](const Group& group) {
    return group_json(group, is_exempt(context, group), outlooks.of(group));
  });
}

Response get_group(AdminContext& context, const AdminCall& call) {
  const auto group = find_group(context, call.arguments.front());
  if (!group) return no_such_group();
  const LimitOutlooks outlooks(context.control.status(), context.view, context.clock.now());
  return json_response(200, group_json(*group, is_exempt(context, *group), outlooks.of(*group)));
}

Response list_events(AdminContext& context, const AdminCall& call) { return events_of(Parent::kNone, context, call); }

Response list_group_events(AdminContext& context, const AdminCall& call) {
  return events_of(Parent::kGroup, context, call);
}

Response list_runs(AdminContext& context, const AdminCall& call) { return runs_of(Parent::kNone, context, call); }

Response list_group_runs(AdminContext& context, const AdminCall& call) {
  return runs_of(Parent::kGroup, context, call);
}

Response get_run(AdminContext& context, const AdminCall& call) {
  const auto run = find_run(context, run_id_of(call));
  return run ? json_response(200, run_json(*run)) : no_such_run();
}

Response list_run_members(AdminContext& context, const AdminCall& call) {
  const std::int64_t run_id = run_id_of(call);
  AdminQuery query(call.request, "members in plan order");
  query.in_path("run", std::to_string(run_id));
  const auto decision = query.word<Decision>("decision");
  const PageRequest page = query.page();
  if (query.problem()) return problem(*query.problem());
  if (!find_run(context, run_id)) return no_such_run();
  return list_response(query, context.view.run_members(run_id, decision, page), member_json);
}

Response list_audit(AdminContext& context, const AdminCall& call) {
  AdminQuery query(call.request, "audit");
  AuditFilter filter;
  filter.since = query.time("since");
  filter.until = query.time("until");
  const PageRequest page = query.page();
  if (query.problem()) return problem(*query.problem());
  return list_response(query, context.view.audit(filter, page), audit_json);
}

Response list_exemptions(AdminContext& context, const AdminCall& call) {
  AdminQuery query(call.request, "exemptions");
  const PageRequest page = query.page();
  if (query.problem()) return problem(*query.problem());
  return list_response(query, context.view.exemptions(page, context.clock.now()), exemption_json);
}

Response list_sweeps(AdminContext& context, const AdminCall& call) {
  AdminQuery query(call.request, "sweeps");
  const PageRequest page = query.page();
  if (query.problem()) return problem(*query.problem());
  return list_response(query, context.view.sweeps(page), sweep_json);
}

}  // namespace headroom::admin
