#include "admin/what_if.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr const char* kPath = "/api/v1/what-if";

class WhatIfApi : public testing::Test {
 protected:
  Answered ask(const std::string& body, const std::string& path = kPath) {
    return daemon_.call("POST", path, body, kViewerToken);
  }
  void refuses(const std::string& body, const std::string& why, const std::string& path = kPath) {
    const Answered answer = ask(body, path);
    EXPECT_EQ(answer.status(), 400) << body.substr(0, 100);
    EXPECT_THAT(answer.detail(), HasSubstr(why));
    EXPECT_LT(answer.response.body.size(), 1000U);
    EXPECT_THAT(daemon_.control.what_ifs, IsEmpty());
  }

  FakeDaemon daemon_;
};

TEST_F(WhatIfApi, ValuesAreThoseOfAPolicy) {
  ask(R"({"policy":{"inactive_for":"60d","max_removals_per_run":50,"protect_online":false,"target_headroom":"5%"},
          "since":"2025-12-31T12:00:00Z"})");
  ASSERT_EQ(daemon_.control.what_ifs.size(), 1U);
  const WhatIfRequest& asked = daemon_.control.what_ifs[0];
  EXPECT_FALSE(asked.group_id);
  EXPECT_THAT(asked.policy, ElementsAre(Pair("inactive_for", "60d"), Pair("max_removals_per_run", "50"),
                                        Pair("protect_online", "false"), Pair("target_headroom", "5%")));
  EXPECT_EQ(asked.since, 1767182400000);
  EXPECT_EQ(ask("{}").status(), 200);
  EXPECT_EQ(ask(R"({"policy":{},"since":null})").status(), 200);
  EXPECT_EQ(ask(R"({"since":"2016-01-01T00:00:00Z"})").status(), 200) << "however long ago";
}

TEST_F(WhatIfApi, AGroupIsAskedForNow) {
  EXPECT_EQ(ask(R"({"policy":{"second_look":"0s"}})", "/api/v1/groups/%40TGS%231/what-if").status(), 200);
  ASSERT_EQ(daemon_.control.what_ifs.size(), 1U);
  EXPECT_EQ(daemon_.control.what_ifs[0].group_id, "@TGS#1");
  EXPECT_EQ(ask("{}", "/api/v1/groups/a%0Ab/what-if").status(), 404);
  daemon_.control.what_ifs.clear();
  refuses(R"({"since":"2016-01-01T00:00:00Z"})", "since", "/api/v1/groups/g/what-if");
}

TEST_F(WhatIfApi, WhatIsNoQuestionIsRefused) {
  refuses("[]", "not a JSON object");
  refuses(R"({"policy":[]})", "policy must be an object");
  refuses(R"({"policy":"inactive_for"})", "policy must be an object");
  refuses(R"({"policy":{"inactive_for":null}})", "a text, a whole number, true or false");
  refuses(R"({"policy":{"inactive_for":1.5}})", "a text, a whole number, true or false");
  refuses(R"({"policy":{"inactive_for":{"days":30}}})", "a text, a whole number, true or false");
  refuses(R"({"policy":{"inactive_for":["30d"]}})", "a text, a whole number, true or false");
  refuses(R"({"polic":{}})", "polic");
  refuses(R"({"policy":{},"policy":{}})", "twice");
  refuses(R"({"since":"yesterday"})", "RFC 3339");
  refuses(R"({"since":1790000000})", "RFC 3339");
  refuses(R"({"since":"9999-01-01T00:00:00Z"})", "future");
}

TEST_F(WhatIfApi, AHostileBodyIsRefusedAtOnce) {
  std::string many = R"({"policy":{)";
  for (int i = 0; i < 10000; ++i) many += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
  refuses(many + "}}", "more keys than there are");
  std::string deep = R"({"policy":{"inactive_for":)";
  for (int i = 0; i < 50000; ++i) deep += "[";
  refuses(deep, "not a JSON object");
  for (int i = 0; i < 50000; ++i) deep += "]";
  refuses(deep + "}}", "a text, a whole number, true or false");
  EXPECT_EQ(ask(std::string(1100000, ' ')).status(), 413);
}

TEST_F(WhatIfApi, SaysWhatCameOfIt) {
  WhatIf& supposed = daemon_.control.supposed;
  supposed.runs = 3;
  supposed.would_remove = 5;
  supposed.did_remove = 4;
  supposed.counted_only = 7;
  supposed.came_back = 1;
  supposed.added = {{12, "a", Why::kReader, Why::kInactive, {}}, {std::nullopt, "b", std::nullopt, Why::kInactive, {}}};
  supposed.spared = {{12, "c", Why::kInactive, Why::kActive, {}}, {11, "d", Why::kInactive, {}, Reason::kOutOfScope}};
  EXPECT_EQ(ask("{}").response.body, R"({"runs":3,"would_remove":5,"did_remove":4,)"
                                     R"("added":[{"run":12,"account":"a","why_then":"reader","why":"inactive"},)"
                                     R"({"run":null,"account":"b","why_then":null,"why":"inactive"}],)"
                                     R"("spared":[{"run":12,"account":"c","why_then":"inactive","why":"active"},)"
                                     R"({"run":11,"account":"d","why_then":"inactive","why":"out_of_scope"}],)"
                                     R"("counted_only":7,"came_back":1,"truncated":false,"reason":null})");
  daemon_.control.denied = Denied{Denied::kTimeout, "too many"};
  EXPECT_EQ(ask("{}").status(), 504);
}

TEST_F(WhatIfApi, AKeyOfAChangeIsOfNoUseAndDoesNoHarm) {
  for (const std::string key : {"k", "", "a b"}) {
    Request request = make_request("POST", kPath, "{}");
    request.headers.emplace_back("idempotency-key", key);
    EXPECT_EQ(daemon_.send(std::move(request))->status(), 200) << key;
  }
  EXPECT_THAT(daemon_.control.keys, IsEmpty());
  EXPECT_THAT(daemon_.control.actors, IsEmpty()) << "it is no change, and stands in no audit";
}

}  // namespace
}  // namespace headroom::admin::admin_test
