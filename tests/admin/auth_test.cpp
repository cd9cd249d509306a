#include "admin/auth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

Request with_header(const std::string& value) {
  Request request = make_request("GET", "/", "", "");
  request.headers.emplace_back("authorization", value);
  return request;
}

TEST(AdminAuth, TakesTheTokenOfOneHeader) {
  const AdminAuth auth({{"a", AdminRole::kViewer, "secret-a"}, {"b", AdminRole::kOperator, "secret-b"}});
  EXPECT_EQ(auth.identify(with_header("Bearer secret-a")), (AdminAuth::Identity{"a", AdminRole::kViewer}));
  EXPECT_EQ(auth.identify(with_header("bearer secret-b")), (AdminAuth::Identity{"b", AdminRole::kOperator}));
  EXPECT_EQ(auth.identify(with_header("BEARER   secret-b")), (AdminAuth::Identity{"b", AdminRole::kOperator}));
  for (const char* wrong :
       {"", "Bearer", "Bearer ", "Bearer secret-c", "Bearer secret-", "Bearer secret-aa", "Bearer  ", "Basic secret-a",
        "secret-a", "Bearersecret-a", "Bearer secret-a secret-b", "Bearer SECRET-A", "Bearer\tsecret-a"}) {
    EXPECT_EQ(auth.identify(with_header(wrong)), std::nullopt) << wrong;
  }
}

TEST(AdminAuth, RefusesNoHeaderAndTwo) {
  const AdminAuth auth({{"a", AdminRole::kViewer, "secret-a"}});
  EXPECT_EQ(auth.identify(make_request("GET", "/", "", "")), std::nullopt);
  Request twice = with_header("Bearer secret-a");
  twice.headers.emplace_back("authorization", "Bearer secret-a");
  EXPECT_EQ(auth.identify(twice), std::nullopt);
}

TEST(AdminAuth, AnEmptyTokenOpensNothing) {
  const AdminAuth auth({{"a", AdminRole::kOperator, ""}});
  EXPECT_EQ(auth.identify(with_header("Bearer ")), std::nullopt);
  EXPECT_EQ(auth.identify(with_header("Bearer x")), std::nullopt);
  EXPECT_EQ(AdminAuth({}).identify(with_header("Bearer x")), std::nullopt);
}

}  // namespace
}  // namespace headroom::admin::admin_test
