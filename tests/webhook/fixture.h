#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/request_parser.h"
#include "tests/support/raw_client.h"
#include "tests/webhook/fake_intake.h"
#include "webhook/handler.h"

namespace headroom::webhook {

using http::get;
using http::ParserLimits;
using http::post;
using http::RawClient;
using http::RequestParser;

// The test vector of the protocol's own page [34354].
inline constexpr const char* kToken = "xxxxyyyy";
inline constexpr TimeMs kRequestTimeMs = 1669872112000;
inline constexpr const char* kSign = "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061";
inline constexpr const char* kUpperSign = "17773BC39A671D7B9AA835458704D2A6DB81360A5940292B587D6D760D484061";

inline constexpr const char* kOk = R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0})";
inline const std::string kPath = "/chat/webhook";
inline const std::string kQuery =
    "?SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json"
    "&ClientIP=127.0.0.9&OptPlatform=RESTAPI";
inline const std::string kFull =
    R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"@TGS#2J4SZEAEL","EventTime":1670574414123})";

inline std::string fail(const std::string& reason) {
  return R"({"ActionStatus":"FAIL","ErrorInfo":")" + reason + R"(","ErrorCode":1})";
}

inline CidrList blocks(const std::string& text) {
  std::string error;
  return CidrList::parse(text, error).value();
}

class WebhookTest : public testing::Test {
 protected:
  WebhookTest() {
    options_.sdk_app_id = 1400000001;
    options_.trusted_proxies = blocks("127.0.0.0/8, ::1");
  }

  WebhookHandler& handler() {
    if (!handler_) {
      WebhookHandler::Hooks hooks;
      hooks.answered = [this](WebhookResult result, double seconds) { observed_.emplace_back(result, seconds); };
      hooks.refused = [this](RefusalReason reason, const std::string& peer, const std::string& hint) {
        refused_.push_back({reason, peer, hint});
      };
      handler_.emplace(options_, intake_, clock_, hooks);
    }
    return *handler_;
  }

  // As the server does it: parse, look at the head, hand over.
  std::optional<Response> ask(const std::string& bytes, const std::string& peer = "127.0.0.1") {
    RequestParser parser{ParserLimits()};
    const std::size_t head = parser.feed(bytes);
    parser.request().peer = peer;
    parser.request().arrived = std::chrono::steady_clock::now();
    if (auto response = handler().early(parser.request())) return response;
    parser.read_body(handler().max_body(), handler().wants_body(parser.request()));
    parser.feed(std::string_view(bytes).substr(head));
    if (parser.status() == RequestParser::Status::kError) {
      return handler().error(parser.error_status(), parser.error_reason(), parser.request());
    }
    std::optional<Response> answer;
    handler().handle(std::move(parser.request()), [&answer](Response response) { answer = std::move(response); });
    return answer;
  }
  Response send(const std::string& query, const std::string& body, const std::string& headers = "") {
    auto response = ask(post(kPath + query, body, headers));
    return response ? std::move(*response) : Response{0, "", "no answer", {}, false};
  }
  std::vector<WebhookResult> results() const {
    std::vector<WebhookResult> list;
    for (const auto& [result, seconds] : observed_) list.push_back(result);
    return list;
  }

  WebhookOptions options_;
  FakeIntake intake_;
  support::FixedClock clock_{kRequestTimeMs};
  struct Refused {
    RefusalReason reason;
    std::string peer;
    std::string hint;
  };
  std::vector<std::pair<WebhookResult, double>> observed_;
  std::vector<Refused> refused_;
  std::optional<WebhookHandler> handler_;
};

}  // namespace headroom::webhook
