#include "admin/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom::admin::admin_test {
namespace {

AdminMatch match(std::string_view method, std::string_view path) {
  return match_admin_route(admin_routes(), method, path);
}

TEST(AdminRoutes, FindsThePathAndTheMethod) {
  EXPECT_EQ(match("GET", "/healthz").route->pattern, "/healthz");
  EXPECT_EQ(match("HEAD", "/api/v1/runs").route->pattern, "/api/v1/runs");
  EXPECT_EQ(match("POST", "/api/v1/groups/g/runs").route->access, AdminAccess::kOperator);
  EXPECT_EQ(match("GET", "/api/v1/groups/g/runs").route->access, AdminAccess::kViewer);
  EXPECT_EQ(match("GET", "/api/%76%31/runs").route->pattern, "/api/v1/runs");
}

TEST(AdminRoutes, DoesNotKnowOtherPaths) {
  for (const char* path : {"",
                           "*",
                           "x",
                           "healthz",
                           "//",
                           "/dashboard",
                           "/dashboard/",
                           "/healthz/",
                           "//healthz",
                           "/Healthz",
                           "/api/v1",
                           "/api/v1/",
                           "/api/v1/groups/",
                           "/api/v1/groups//events",
                           "/api/v1/groups/g/",
                           "/api/v1/groups/a/b/events",
                           "/api/v1/runs/1/2",
                           "/api/v2/runs",
                           "/api/v1/exemptions/groups",
                           "/api/v1/%zz",
                           "/api%2Fv1/runs",
                           "/api/v1/{group_id}"}) {
    EXPECT_FALSE(match("GET", path).known_path) << path;
  }
}

TEST(AdminRoutes, AllowsWhatThePathTakes) {
  const AdminMatch runs = match("DELETE", "/api/v1/groups/g/runs");
  EXPECT_TRUE(runs.known_path);
  EXPECT_EQ(runs.route, nullptr);
  EXPECT_EQ(runs.allow, "GET, HEAD, POST");
  EXPECT_EQ(match("GET", "/api/v1/exemptions/members/u").allow, "PUT, DELETE");
  EXPECT_EQ(match("get", "/healthz").route, nullptr);
}

TEST(AdminRoutes, ArgumentsAreDecodedOneByOne) {
  const std::string path = "/api/v1/groups/%40TGS%23a+b%2Fc/events";
  const AdminMatch found = match("GET", path);
  ASSERT_NE(found.route, nullptr);
  EXPECT_THAT(decode_arguments(found.raw_arguments), testing::Optional(testing::ElementsAre("@TGS#a+b/c")));
  EXPECT_EQ(decode_arguments({"%4"}), std::nullopt);
}

TEST(AdminRoutes, EveryChangeNeedsAnOperatorAndOnlyProbesAndTheDescriptionNoToken) {
  for (const AdminRoute& route : admin_routes()) {
    const bool api = route.pattern.starts_with("/api/v1/") && route.pattern != "/api/v1/openapi.json";
    // A what-if has a body, and changes nothing.
    const bool only_reads = route.method == "GET" || route.pattern.ends_with("/what-if");
    const AdminAccess expected = !api         ? AdminAccess::kOpen
                                 : only_reads ? AdminAccess::kViewer
                                              : AdminAccess::kOperator;
    EXPECT_EQ(route.access, expected) << route.method << " " << route.pattern;
    EXPECT_NE(route.endpoint, nullptr);
  }
}

}  // namespace
}  // namespace headroom::admin::admin_test
