#include "admin/dashboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <sstream>
#include <string>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

using testing::HasSubstr;
using testing::Not;

class DashboardTest : public testing::Test {
 protected:
  // Nobody has a token here.
  Answered get(const std::string& target, const std::string& method = "GET") {
    return daemon_.call(method, target, "", "");
  }
  std::string header(const Answered& answer, const std::string& name) {
    const std::string* value = answer.header(name);
    return value == nullptr ? "" : *value;
  }

  FakeDaemon daemon_;
};

TEST_F(DashboardTest, ThePageIsThereForEverybody) {
  const Answered answer = get("/");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.response.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(answer.response.body, HasSubstr("<!doctype html>"));
  EXPECT_EQ(get("/?x=1").status(), 200);
}

// To the letter of the contract.
TEST_F(DashboardTest, NothingButItsOwnFilesMayRun) {
  for (const std::string path : {"/", "/dashboard/app.js", "/dashboard/style.css", "/dashboard/icon.svg"}) {
    const Answered answer = get(path);
    ASSERT_EQ(answer.status(), 200) << path;
    EXPECT_EQ(header(answer, "Content-Security-Policy"),
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri "
              "'none'; form-action 'none'; frame-ancestors 'none'");
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(header(answer, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header(answer, "Cache-Control"), "private, no-cache") << "asked about each time: it may be a new version";
  }
}

TEST_F(DashboardTest, EachFileSaysWhatItIs) {
  EXPECT_EQ(get("/dashboard/app.js").response.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/dashboard/style.css").response.content_type, "text/css; charset=utf-8");
  EXPECT_EQ(get("/dashboard/icon.svg").response.content_type, "image/svg+xml");
}

TEST_F(DashboardTest, AllFilesTogetherAreSmall) {
  const auto& files = dashboard_files();
  const std::size_t size =
      std::accumulate(files.begin(), files.end(), std::size_t{0},
                      [](std::size_t sum, const DashboardFile& file) { return sum + file.bytes.size(); });
  EXPECT_GT(size, 10'000u);
  EXPECT_LT(size, 150u * 1024u);
}

// Lines go out without their indents: a text that goes on over several of them would not be what was written.
TEST_F(DashboardTest, NoTextOfAScriptGoesOnInTheNextLine) {
  for (const DashboardFile& file : dashboard_files()) {
    if (!file.name.ends_with(".js")) continue;
    std::istringstream lines{std::string(file.bytes)};
    for (std::string line; std::getline(lines, line);) {
      EXPECT_EQ(std::count(line.begin(), line.end(), '`') % 2, 0) << file.name << ": " << line;
      EXPECT_FALSE(line.starts_with(' ')) << file.name << ": " << line;
    }
  }
}

TEST_F(DashboardTest, WhatIsKnownIsNotSentAgain) {
  for (const std::string path : {"/", "/dashboard/app.js"}) {
    const std::string tag = header(get(path), "ETag");
    ASSERT_THAT(tag, testing::MatchesRegex("\"[0-9a-f]+\""));
    Request request = make_request("GET", path, "", "");
    request.headers.emplace_back("if-none-match", tag);
    Response answer;
    daemon_.handler.handle(request, [&](Response response) { answer = std::move(response); });
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.body, "");
  }
  EXPECT_NE(header(get("/"), "ETag"), header(get("/dashboard/app.js"), "ETag"));
}

TEST_F(DashboardTest, NothingElseIsServed) {
  for (const std::string path :
       {"/dashboard", "/dashboard/", "/dashboard/index.html", "/dashboard/none.js", "/dashboard/app.js/", "/index.html",
        "/app.js", "/dashboard/..%2Fapp.js", "/dashboard/App.js", "/dashboard/%61pp.jsx"}) {
    const Answered answer = get(path);
    EXPECT_EQ(answer.status(), 404) << path;
    EXPECT_EQ(answer.response.content_type, "application/problem+json") << path;
  }
}

TEST_F(DashboardTest, IsOnlyRead) {
  for (const std::string path : {"/", "/dashboard/app.js", "/dashboard/none.js"}) {
    for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
      const Answered answer = get(path, method);
      EXPECT_EQ(answer.status(), 405) << method << " " << path;
      EXPECT_EQ(header(answer, "Allow"), "GET, HEAD");
    }
  }
  EXPECT_EQ(get("/", "HEAD").status(), 200);
}

// The policy above would keep it from running, and it would look broken.
TEST_F(DashboardTest, ThePageHasNothingInline) {
  const std::string page = get("/").response.body;
  EXPECT_THAT(page, Not(HasSubstr("style=")));
  EXPECT_THAT(page, Not(HasSubstr("<style")));
  EXPECT_THAT(page, Not(testing::ContainsRegex(" on[a-z]+=")));
  EXPECT_THAT(page, Not(HasSubstr("://")));
  for (const DashboardFile& file : dashboard_files()) {
    EXPECT_THAT(std::string(file.bytes),
                Not(testing::ContainsRegex("innerHTML|outerHTML|insertAdjacentHTML|document\\.write")))
        << file.name;
  }
}

}  // namespace
}  // namespace headroom::admin::admin_test
