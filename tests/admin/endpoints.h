#pragma once

#include <string>
#include <vector>

namespace headroom::admin::admin_test {

struct Endpoint {
  std::string method, target, body;
  int status;  // of an operator's request
};

// One of each route that needs a token.
inline std::vector<Endpoint> endpoints() {
  return {{"GET", "/api/v1/summary", "", 200},
          {"GET", "/api/v1/config", "", 200},
          {"GET", "/api/v1/nodes", "", 200},
          {"GET", "/api/v1/groups", "", 200},
          {"GET", "/api/v1/groups/g", "", 200},
          {"GET", "/api/v1/groups/g/events", "", 200},
          {"GET", "/api/v1/groups/g/runs", "", 200},
          {"POST", "/api/v1/groups/g/runs", R"({"mode":"plan"})", 202},
          {"GET", "/api/v1/groups/g/members/u", "", 200},
          {"POST", "/api/v1/groups/g/what-if", R"({"policy":{"inactive_for":"30d"}})", 200},
          {"POST", "/api/v1/what-if", "{}", 200},
          {"GET", "/api/v1/events", "", 200},
          {"GET", "/api/v1/runs", "", 200},
          {"GET", "/api/v1/runs/12", "", 200},
          {"GET", "/api/v1/runs/12/members", "", 200},
          {"POST", "/api/v1/runs/12/approve", "", 202},
          {"POST", "/api/v1/runs/12/reject", "", 200},
          {"POST", "/api/v1/runs/12/restore", "", 202},
          {"GET", "/api/v1/exemptions", "", 200},
          {"POST", "/api/v1/exemptions", R"({"items":[{"kind":"group","id":"g"}]})", 200},
          {"GET", "/api/v1/removals", "", 200},
          {"GET", "/api/v1/filling", "", 200},
          {"GET", "/api/v1/audit", "", 200},
          {"GET", "/api/v1/timeline", "", 200},
          {"PUT", "/api/v1/groups/g/silent", "{}", 200},
          {"DELETE", "/api/v1/groups/g/silent", "", 204},
          {"PUT", "/api/v1/exemptions/groups/g", "{}", 200},
          {"DELETE", "/api/v1/exemptions/groups/g", "", 204},
          {"PUT", "/api/v1/exemptions/members/u", "{}", 200},
          {"DELETE", "/api/v1/exemptions/members/u", "", 204},
          {"GET", "/api/v1/sweeps", "", 200},
          {"POST", "/api/v1/sweeps", R"({"dry_run":true})", 202},
          {"POST", "/api/v1/scheduler/pause", R"({"reason":"x"})", 200},
          {"POST", "/api/v1/scheduler/resume", "", 200}};
}

// A viewer may: a question that takes a body changes nothing either.
inline bool only_reads(const Endpoint& endpoint) {
  return endpoint.method == "GET" || endpoint.target.ends_with("/what-if");
}

inline std::vector<Endpoint> changes() {
  std::vector<Endpoint> found = endpoints();
  std::erase_if(found, only_reads);
  return found;
}

}  // namespace headroom::admin::admin_test
