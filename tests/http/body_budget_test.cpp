// What the bodies of all connections may hold together.
#include "http/body_budget.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/server.h"
#include "tests/support/raw_client.h"
#include "tests/webhook/fake_intake.h"
#include "webhook/handler.h"

namespace headroom::http {
namespace {

TEST(BodyBudget, IsSharedAndGivenBack) {
  BodyBudget budget(100);
  {
    BodyShare first(budget);
    BodyShare second(budget);
    EXPECT_TRUE(first.grow_to(60));
    EXPECT_FALSE(second.grow_to(41));
    EXPECT_TRUE(second.grow_to(40));
    EXPECT_TRUE(first.grow_to(10));  // what it has is enough
    EXPECT_EQ(budget.used(), 100U);
    BodyShare moved(std::move(first));
    second.give_back();
    EXPECT_EQ(budget.used(), 60U);
    EXPECT_TRUE(moved.grow_to(100));
  }
  EXPECT_EQ(budget.used(), 0U);
}

class BodiesInFlight : public testing::Test {
 protected:
  BodiesInFlight() { server_.start(); }

  static webhook::WebhookOptions options() {
    webhook::WebhookOptions options;
    options.sdk_app_id = 7;
    options.max_body = 64 * 1024;
    return options;
  }
  static ServerOptions limits() {
    ServerOptions limits;
    limits.max_bodies = 256 * 1024;
    return limits;
  }
  static std::string request(const std::string& app = "7") {
    const std::string body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g","x":")";
    return post("/chat/webhook?SdkAppid=" + app, body + std::string(40 * 1024, 'x') + "\"}");
  }

  webhook::FakeIntake intake_;
  support::FixedClock clock_{1000};
  webhook::WebhookHandler handler_{options(), intake_, clock_, {}};
  Server server_{limits(), handler_};
};

TEST_F(BodiesInFlight, BeyondTheLimitIs503AndLaterThereIsRoomAgain) {
  const std::string all = request();
  std::vector<std::unique_ptr<RawClient>> slow;
  // Each has sent all but its last byte; one after the other, so that it has been read.
  int refused = 0;
  for (int i = 0; i < 12; ++i) {
    slow.push_back(std::make_unique<RawClient>(server_.port()));
    ASSERT_TRUE(slow.back()->send(all.substr(0, all.size() - 1)));
  }
  for (auto& client : slow) {
    const auto response = client->ask(all.substr(all.size() - 1));
    ASSERT_TRUE(response);
    refused += response->status == 503 ? 1 : 0;
    EXPECT_TRUE(response->status == 200 || response->status == 503) << response->status;
  }
  EXPECT_GE(refused, 5);
  EXPECT_LE(refused, 10);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(RawClient(server_.port()).ask(all)->status, 200);
}

// Strangers have no part in it.
TEST_F(BodiesInFlight, WhoMayNotSendHoldsNothing) {
  const std::string all = request("8");
  std::vector<std::unique_ptr<RawClient>> strangers;
  for (int i = 0; i < 20; ++i) {
    strangers.push_back(std::make_unique<RawClient>(server_.port()));
    ASSERT_TRUE(strangers.back()->send(all.substr(0, all.size() - 1)));
  }
  EXPECT_EQ(RawClient(server_.port()).ask(request())->status, 200);
  for (auto& client : strangers) EXPECT_EQ(client->ask(all.substr(all.size() - 1))->status, 403);
}

}  // namespace
}  // namespace headroom::http
