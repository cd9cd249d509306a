#include "admin/routes.h"

#include <utility>

#include "admin/changes.h"
#include "admin/configuration.h"
#include "admin/dashboard.h"
#include "admin/filling.h"
#include "admin/inquiry.h"
#include "admin/nodes.h"
#include "admin/openapi.h"
#include "admin/probes.h"
#include "admin/reads.h"
#include "admin/removals.h"
#include "admin/timeline.h"
#include "admin/what_if.h"
#include "http/uri.h"

namespace headroom::admin {
namespace {

using Access = AdminAccess;

// An endpoint that has its answer at once.
template <Response (*kEndpoint)(AdminContext&, const AdminCall&)>
void now(AdminContext& context, const AdminCall& call, const Respond& respond) {
  respond(kEndpoint(context, call));
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = path.find('/');
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end == path.npos ? path.size() : end);
  }
  return segments;
}

bool is_variable(std::string_view segment) { return !segment.empty() && segment.front() == '{'; }

// Whether the path is of that pattern; its arguments are added to `arguments`.
bool fits(std::string_view pattern, const std::vector<std::string_view>& path,
          std::vector<std::string_view>& arguments) {
  const auto expected = segments_of(pattern);
  if (expected.size() != path.size()) return false;
  arguments.clear();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (is_variable(expected[i])) {
      if (path[i].empty()) return false;
      arguments.push_back(path[i]);
    } else if (http::decode_path_text(path[i]) != expected[i]) {
      return false;
    }
  }
  return true;
}

void add_allowed(std::string& allow, std::string_view method) {
  if (!allow.empty()) allow += ", ";
  allow += method;
  if (method == "GET") allow += ", HEAD";
}

// The dashboard, the probes, and what the daemon says of itself.
std::vector<AdminRoute> routes_of_the_daemon() {
  return {
      {"GET", "/", Access::kOpen, {}, false, now<get_dashboard>},
      {"GET", "/dashboard/{file}", Access::kOpen, {}, false, now<get_dashboard_file>},
      {"GET", "/healthz", Access::kOpen, {}, false, now<healthz>},
      {"GET", "/readyz", Access::kOpen, {}, false, now<readyz>},
      {"GET", "/metrics", Access::kOpen, {}, false, now<metrics>},
      {"GET", "/api/v1/summary", Access::kViewer, {}, false, now<get_summary>},
      {"GET", "/api/v1/config", Access::kViewer, {}, false, now<get_config>},
      {"GET", "/api/v1/nodes", Access::kViewer, {"limit"}, false, now<list_nodes>},
      {"GET", "/api/v1/openapi.json", Access::kOpen, {}, false, now<get_openapi>},
  };
}

std::vector<AdminRoute> routes_of_groups() {
  return {
      {"GET",
       "/api/v1/groups",
       Access::kViewer,
       {"state", "reason", "stale", "search", "sort", "limit", "cursor"},
       false,
       now<list_groups>},
      {"GET", "/api/v1/groups/{group_id}", Access::kViewer, {}, false, now<get_group>},
      {"GET",
       "/api/v1/groups/{group_id}/events",
       Access::kViewer,
       {"since", "until", "limit", "cursor"},
       false,
       now<list_group_events>},
      {"GET",
       "/api/v1/groups/{group_id}/runs",
       Access::kViewer,
       {"state", "since", "until", "limit", "cursor"},
       false,
       now<list_group_runs>},
      {"POST", "/api/v1/groups/{group_id}/runs", Access::kOperator, {}, true, post_run},
      {"GET", "/api/v1/groups/{group_id}/members/{account}", Access::kViewer, {}, false, get_member},
      {"POST", "/api/v1/groups/{group_id}/what-if", Access::kViewer, {}, true, post_group_what_if, kMaxListBody},
      {"POST", "/api/v1/what-if", Access::kViewer, {}, true, post_what_if, kMaxListBody},
      {"PUT", "/api/v1/groups/{group_id}/silent", Access::kOperator, {}, true, put_silent},
      {"DELETE", "/api/v1/groups/{group_id}/silent", Access::kOperator, {}, false, delete_silent},
  };
}

// What happened, and to whom.
std::vector<AdminRoute> routes_of_runs() {
  return {
      {"GET",
       "/api/v1/events",
       Access::kViewer,
       {"group_id", "since", "until", "limit", "cursor"},
       false,
       now<list_events>},
      {"GET",
       "/api/v1/runs",
       Access::kViewer,
       {"group_id", "state", "since", "until", "limit", "cursor"},
       false,
       now<list_runs>},
      {"GET", "/api/v1/runs/{id}", Access::kViewer, {}, false, now<get_run>},
      {"POST", "/api/v1/runs/{id}/approve", Access::kOperator, {}, false, post_approval},
      {"POST", "/api/v1/runs/{id}/reject", Access::kOperator, {}, false, post_rejection},
      {"POST", "/api/v1/runs/{id}/restore", Access::kOperator, {}, false, post_restore},
      {"GET",
       "/api/v1/runs/{id}/members",
       Access::kViewer,
       {"decision", "limit", "cursor"},
       false,
       now<list_run_members>},
      {"GET",
       "/api/v1/removals",
       Access::kViewer,
       {"account", "group_id", "since", "until", "limit", "cursor"},
       false,
       now<list_removals>},
  };
}

// Whatever is about the app as a whole: who is left alone, what changes over time, who looks and decides.
std::vector<AdminRoute> routes_of_the_app() {
  return {
      {"GET", "/api/v1/exemptions", Access::kViewer, {"limit", "cursor"}, false, now<list_exemptions>},
      {"POST", "/api/v1/exemptions", Access::kOperator, {}, true, post_exemptions, kMaxListBody},
      {"PUT", "/api/v1/exemptions/groups/{group_id}", Access::kOperator, {}, true, put_group_exemption},
      {"DELETE", "/api/v1/exemptions/groups/{group_id}", Access::kOperator, {}, false, delete_group_exemption},
      {"PUT", "/api/v1/exemptions/members/{account}", Access::kOperator, {}, true, put_member_exemption},
      {"DELETE", "/api/v1/exemptions/members/{account}", Access::kOperator, {}, false, delete_member_exemption},
      {"GET", "/api/v1/filling", Access::kViewer, {"within", "limit", "cursor"}, false, now<list_filling>},
      {"GET", "/api/v1/audit", Access::kViewer, {"since", "until", "limit", "cursor"}, false, now<list_audit>},
      {"GET", "/api/v1/timeline", Access::kViewer, {"bucket", "since", "until"}, false, now<get_timeline>},
      {"GET", "/api/v1/sweeps", Access::kViewer, {"limit", "cursor"}, false, now<list_sweeps>},
      {"POST", "/api/v1/sweeps", Access::kOperator, {}, true, post_sweep},
      {"POST", "/api/v1/scheduler/pause", Access::kOperator, {}, true, post_pause},
      {"POST", "/api/v1/scheduler/resume", Access::kOperator, {}, false, post_resume},
  };
}

std::vector<AdminRoute> all_routes() {
  std::vector<AdminRoute> all;
  for (auto part : {routes_of_the_daemon(), routes_of_groups(), routes_of_runs(), routes_of_the_app()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

const std::vector<AdminRoute>& admin_routes() {
  static const std::vector<AdminRoute> kRoutes = all_routes();
  return kRoutes;
}

AdminMatch match_admin_route(const std::vector<AdminRoute>& routes, std::string_view method, std::string_view path) {
  AdminMatch match;
  if (path.empty() || path.front() != '/') return match;
  const auto segments = segments_of(path);
  if (method == "HEAD") method = "GET";
  std::vector<std::string_view> arguments;
  for (const AdminRoute& route : routes) {
    if (!fits(route.pattern, segments, arguments)) continue;
    match.known_path = true;
    match.open = route.access == Access::kOpen;
    add_allowed(match.allow, route.method);
    if (route.method != method) continue;
    match.route = &route;
    match.raw_arguments = arguments;
  }
  return match;
}

std::optional<std::vector<std::string>> decode_arguments(const std::vector<std::string_view>& raw) {
  std::vector<std::string> decoded;
  for (const std::string_view text : raw) {
    auto argument = http::decode_path_text(text);
    if (!argument) return std::nullopt;
    decoded.push_back(std::move(*argument));
  }
  return decoded;
}

}  // namespace headroom::admin
