#include "admin/etag.h"

#include <gtest/gtest.h>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

Answered get(FakeDaemon& daemon, const std::string& target, const std::vector<std::string>& tags,
             const std::string& method = "GET") {
  Request request = make_request(method, target);
  for (const std::string& tag : tags) request.headers.emplace_back("if-none-match", tag);
  return *daemon.send(std::move(request));
}

TEST(AdminEtag, AnUnchangedAnswerIsNotSentAgain) {
  FakeDaemon daemon;
  const Answered first = daemon.get("/api/v1/summary");
  ASSERT_NE(first.header("ETag"), nullptr);
  const std::string tag = *first.header("ETag");
  EXPECT_EQ(tag.front(), '"');
  for (const auto& tags : std::vector<std::vector<std::string>>{
           {tag}, {"W/" + tag}, {"*"}, {"\"a,b\" , W/\"x\"," + tag}, {"\"other\"", tag}, {"  " + tag}}) {
    for (const char* method : {"GET", "HEAD"}) {
      const Answered again = get(daemon, "/api/v1/summary", tags, method);
      EXPECT_EQ(again.status(), 304) << tags.front();
      EXPECT_EQ(again.response.body + again.response.content_type, "");
      ASSERT_NE(again.header("ETag"), nullptr);
      EXPECT_EQ(*again.header("ETag"), tag);
    }
  }
  for (const std::string& other :
       {std::string("\"other\""), tag.substr(1), tag.substr(0, tag.size() - 1), std::string(), "x " + tag,
        std::string("W/"), "W" + tag, "\"\"" + std::string("*")}) {
    EXPECT_EQ(get(daemon, "/api/v1/summary", {other}).status(), 200) << other;
  }
}

TEST(AdminEtag, AChangedAnswerIs) {
  FakeDaemon daemon;
  const std::string tag = *daemon.get("/api/v1/summary").header("ETag");
  daemon.control.now.paused = true;
  const Answered changed = get(daemon, "/api/v1/summary", {tag});
  EXPECT_EQ(changed.status(), 200);
  EXPECT_NE(*changed.header("ETag"), tag);
}

TEST(AdminEtag, WhatIsNoAnswerHasNone) {
  FakeDaemon daemon;
  EXPECT_EQ(get(daemon, "/api/v1/runs/99", {"*"}).status(), 404);
  EXPECT_EQ(daemon.get("/api/v1/runs/99").header("ETag"), nullptr);
  EXPECT_EQ(daemon.call("POST", "/api/v1/scheduler/pause").header("ETag"), nullptr);
  EXPECT_EQ(daemon.call("GET", "/healthz", "", "").header("ETag"), nullptr);
}

}  // namespace
}  // namespace headroom::admin::admin_test
