#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "simulator/test_client.h"
#include "simulator/webhook_request.h"

namespace chatsim {
namespace {

using ::testing::ElementsAre;

// Takes webhooks like an app's back end.
class Receiver {
 public:
  Receiver() { listener_.start(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port()) + "/hook"; }
  std::vector<HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::vector<std::string> bodies() const {
    std::vector<std::string> out;
    for (const HttpRequest& request : requests()) out.push_back(request.body);
    return out;
  }
  std::uint64_t connections() const { return listener_.connections_accepted(); }
  void answer_with(HttpResponse response) {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }
  void stall(int requests) { stalls_ = requests; }
  void wake() { stop_.stop(); }

 private:
  HttpResponse take(const HttpRequest& request) {
    if (stalls_ > 0) {
      --stalls_;
      stop_.wait_for_ms(30'000);
    }
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    return response_;
  }

  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  HttpResponse response_{200, R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0})", "", 0, WireFault::kNone};
  std::atomic<int> stalls_ = 0;
  StopSignal stop_;
  HttpListener listener_{[this](const HttpRequest& request) { return take(request); }, real_clock()};
};

class WebhookTest : public ::testing::Test {
 protected:
  WebhookTest() : WebhookTest(WebhookOptions()) {}
  explicit WebhookTest(WebhookOptions webhook) {
    ChatSimOptions options = test_options();
    options.webhook = std::move(webhook);
    options.webhook.url = receiver_.url();
    options.limits.calls_per_second = 10;
    sim_ = std::make_unique<ChatSim>(options);
    sim_->start();
    sim_->world().create_group(small_group("g", "Public", 2, 3));
    sim_->webhooks().set_enabled("Group.CallbackAfterNewMemberJoin", false);
  }
  ~WebhookTest() override { receiver_.wake(); }

  Receiver receiver_;
  std::unique_ptr<ChatSim> sim_;
};

TEST(WebhookSignTest, KnowsTheOfficialVector) {
  EXPECT_EQ(webhook_sign("xxxxyyyy", "1669872112"), "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061");
}

TEST(WebhookUrlTest, KeepsTheOrderOfTheQuery) {
  WebhookOptions options;
  options.url = "http://h/p?x=1";
  options.sdk_app_id = 7;
  options.token = "xxxxyyyy";
  WebhookEvent event;
  event.command = "Group.CallbackAfterGroupFull";
  event.platform = "iOS";
  EXPECT_EQ(webhook_url(options, event, 1669872112),
            "http://h/p?x=1&SdkAppid=7&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json"
            "&ClientIP=127.0.0.1&OptPlatform=iOS"
            "&Sign=17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061&RequestTime=1669872112");
}

TEST_F(WebhookTest, GroupFullOfAFillingAndOfARefusedJoin) {
  sim_->world().join("g", "a");
  sim_->world().join("g", "b");
  ASSERT_TRUE(sim_->webhooks().flush());
  const std::string body =
      R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"g","EventTime":1700000100000})";
  EXPECT_THAT(receiver_.bodies(), ElementsAre(body, body));
  const HttpRequest request = receiver_.requests().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target,
            "/hook?SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json"
            "&ClientIP=127.0.0.1&OptPlatform=iOS");
  EXPECT_FALSE(request.headers.contains("content-type"));
  EXPECT_FALSE(request.headers.contains("expect"));
  EXPECT_EQ(receiver_.connections(), 1u) << "kept alive";
  EXPECT_EQ(sim_->webhooks().counts().ok, 2u);
}

TEST_F(WebhookTest, SignsWithTheTimeOfTheSending) {
  sim_->webhooks().set_token("xxxxyyyy");
  sim_->world().set_max("g", 2);
  sim_->world().join("g", "a");
  ASSERT_TRUE(sim_->webhooks().flush());
  const HttpRequest request = receiver_.requests().at(0);
  EXPECT_EQ(request.query_value("RequestTime"), std::to_string(kTestNowS));
  EXPECT_EQ(request.query_value("Sign"), webhook_sign("xxxxyyyy", std::to_string(kTestNowS)));
}

TEST_F(WebhookTest, RemovalsByRestComeBackAsKicked) {
  TestClient client(*sim_);
  client.group_call("delete_group_member", R"({"GroupId":"g","MemberToDel_Account":["u1"]})");
  ASSERT_TRUE(sim_->webhooks().flush());
  EXPECT_THAT(receiver_.bodies(),
              ElementsAre(R"({"CallbackCommand":"Group.CallbackAfterMemberExit","GroupId":"g","Type":"Public",)"
                          R"("ExitType":"Kicked","Operator_Account":"administrator",)"
                          R"("ExitMemberList":[{"Member_Account":"u1"}],"EventTime":1700000100000})"));
  EXPECT_EQ(receiver_.requests()[0].query_value("OptPlatform"), "RESTAPI");
}

TEST_F(WebhookTest, OneAlarmAboveEightyPercent) {
  TestClient client(*sim_);
  for (int i = 0; i < 10; ++i) client.group_call("get_group_info", R"({"GroupIdList":["g"]})");
  ASSERT_TRUE(sim_->webhooks().flush());
  EXPECT_THAT(receiver_.bodies(),
              ElementsAre(R"({"CallbackCommand":"Alert.RequestOverLimit","ServiceName":"group_open_http_svc",)"
                          R"("Command":"get_group_info","Request":9,"Limit":10})"));
  EXPECT_FALSE(receiver_.requests()[0].query_value("ClientIP"));
}

TEST_F(WebhookTest, EventTimeModes) {
  sim_->world().set_max("g", 2);
  sim_->webhooks().set_event_time(EventTimeMode::kString);
  sim_->world().join("g", "a");
  ASSERT_TRUE(sim_->webhooks().flush());
  sim_->webhooks().set_event_time(EventTimeMode::kAbsent);
  sim_->world().join("g", "a");
  ASSERT_TRUE(sim_->webhooks().flush());
  EXPECT_NE(receiver_.bodies()[0].find(R"("EventTime":"1700000100000")"), std::string::npos);
  EXPECT_EQ(receiver_.bodies()[1].find("EventTime"), std::string::npos);
}

TEST_F(WebhookTest, DuplicatesAndReorders) {
  sim_->webhooks().set_duplicate(true);
  sim_->world().destroy("g");
  ASSERT_TRUE(sim_->webhooks().flush());
  EXPECT_EQ(receiver_.bodies().size(), 2u);
  EXPECT_EQ(receiver_.bodies()[0], receiver_.bodies()[1]);
  sim_->webhooks().set_duplicate(false);
  sim_->webhooks().set_reorder(true);
  sim_->webhooks().set_paused(true);
  for (const char* id : {"h1", "h2"}) {
    sim_->world().create_group(small_group(id, "Public", 2, 2));
    sim_->world().join(id, "a");
  }
  EXPECT_FALSE(sim_->webhooks().flush(0)) << "paused";
  sim_->webhooks().set_paused(false);
  ASSERT_TRUE(sim_->webhooks().flush());
  const std::vector<Delivery> sent = sim_->webhooks().deliveries();
  ASSERT_EQ(sent.size(), 4u);
  EXPECT_EQ(sent[2].group_id, "h2");
  EXPECT_EQ(sent[3].group_id, "h1");
}

TEST_F(WebhookTest, AnythingButStatus200AndJsonIsAFailure) {
  sim_->world().set_max("g", 2);
  HttpResponse response;
  response.status = 503;
  receiver_.answer_with(response);
  sim_->world().join("g", "a");
  ASSERT_TRUE(sim_->webhooks().flush());
  response.status = 200;
  response.body = "fine";
  receiver_.answer_with(response);
  sim_->world().join("g", "a");
  ASSERT_TRUE(sim_->webhooks().flush());
  EXPECT_EQ(sim_->webhooks().counts().failed, 2u);
  EXPECT_EQ(sim_->webhooks().counts().sent, 2u) << "no retry";
  EXPECT_EQ(sim_->webhooks().deliveries()[0].status, 503);
}

TEST_F(WebhookTest, WithoutUrlOrSwitchedOffEventsAreDropped) {
  sim_->world().set_max("g", 2);
  sim_->webhooks().set_url("");
  sim_->world().join("g", "a");
  sim_->webhooks().set_url(receiver_.url());
  sim_->webhooks().set_enabled("Group.CallbackAfterGroupFull", false);
  sim_->world().join("g", "a");
  sim_->webhooks().set_enabled("Group.CallbackAfterGroupFull", true);
  sim_->world().join("g", "a");
  ASSERT_TRUE(sim_->webhooks().flush());
  EXPECT_EQ(sim_->webhooks().counts().dropped, 2u);
  EXPECT_EQ(receiver_.requests().size(), 1u);
}

WebhookOptions impatient() {
  WebhookOptions out;
  out.timeout_ms = 100;
  out.retries = 1;
  out.queue = 2;
  return out;
}

class ImpatientWebhookTest : public WebhookTest {
 protected:
  ImpatientWebhookTest() : WebhookTest(impatient()) {}
};

TEST_F(ImpatientWebhookTest, RetriesOnTimeOutWhenToldTo) {
  receiver_.stall(1);
  sim_->world().set_max("g", 2);
  sim_->world().join("g", "a");
  ASSERT_TRUE(sim_->webhooks().flush());
  const WebhookCounts counts = sim_->webhooks().counts();
  EXPECT_EQ(counts.sent, 2u);
  EXPECT_EQ(counts.timeouts, 1u);
  EXPECT_EQ(counts.ok, 1u);
  const std::vector<Delivery> sent = sim_->webhooks().deliveries();
  EXPECT_TRUE(sent[0].timed_out);
  EXPECT_GE(sent[0].took_ms, 99);
  EXPECT_LT(sent[0].took_ms, 2000);
}

TEST_F(ImpatientWebhookTest, AFullQueueDrops) {
  sim_->webhooks().set_paused(true);
  sim_->world().set_max("g", 2);
  for (int i = 0; i < 5; ++i) sim_->world().join("g", "a");
  EXPECT_EQ(sim_->webhooks().counts().queued, 2u);
  EXPECT_EQ(sim_->webhooks().counts().dropped, 3u);
}

TEST(WebhookDefaultsTest, TwoSecondsAndNoRetry) {
  EXPECT_EQ(WebhookOptions().timeout_ms, 2000);
  EXPECT_EQ(WebhookOptions().retries, 0);
}

}  // namespace
}  // namespace chatsim
