#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "chat/rest_client.h"
#include "tests/support/scripted_server.h"
#include "tests/support/virtual_clock.h"

namespace headroom {

using Way = ScriptedReply::Way;

inline constexpr TimeMs kNow = 784'111'777'400;  // Sun, 06 Nov 1994 08:49:37.400 GMT
inline constexpr std::uint64_t kApp = 1400000000;
inline constexpr char kKey[] = "0123456789abcdef0123456789abcdef";

inline std::string error_body(int code) {
  return R"({"ActionStatus":"FAIL","ErrorInfo":"why","ErrorCode":)" + std::to_string(code) + "}";
}

struct Observed {
  std::string api;
  ChatOutcome outcome;
  double seconds;
  ChatContact contact;
  std::string detail;
};

class RestClientTest : public testing::Test {
 protected:
  RestClientTest() { client_ = make_client(options()); }

  RestClientOptions options() const {
    RestClientOptions options;
    options.sdk_app_id = kApp;
    options.identifier = "admin&x=1 +/用";
    options.base_url = server_.url();
    return options;
  }
  std::unique_ptr<RestClient> make_client(const RestClientOptions& options) {
    return std::make_unique<RestClient>(
        options, sigs_, limiter_, clock_,
        ChatObserver{
            [this] { ++begun_; },
            [this](const ChatCall& call) {
              observed_.push_back({std::string(call.api), call.outcome, call.seconds, call.contact, call.detail});
            }},
        &cancelled_);
  }
  std::vector<ChatOutcome> outcomes() const {
    std::vector<ChatOutcome> seen;
    for (const Observed& call : observed_) seen.push_back(call.outcome);
    return seen;
  }

  ScriptedServer server_;
  VirtualClock clock_{kNow};
  UserSigCache sigs_{clock_, kApp, "admin&x=1 +/用", kKey};
  RateLimiter limiter_{clock_, 100};
  std::atomic<bool> cancelled_{false};
  int begun_ = 0;
  std::vector<Observed> observed_;
  std::unique_ptr<RestClient> client_;
};

// Every call, so that a rule of all calls can be tried with each.
struct AnyCall {
  const char* path;
  const char* api;
  bool changes;
  std::function<Answer<Nothing>(ChatApi&)> make;
};

template <typename T>
Answer<Nothing> without_value(const Answer<T>& answer) {
  return {answer.outcome, answer.code, answer.detail, {}};
}

inline std::vector<AnyCall> all_calls() {
  return {
      {"/v4/group_open_http_svc/get_group_info", "get_group_info", false,
       [](ChatApi& chat) { return without_value(chat.get_group_info({"g"})); }},
      {"/v4/group_open_http_svc/get_group_member_info", "get_group_member_info", false,
       [](ChatApi& chat) { return without_value(chat.get_group_member_info({.group_id = "g", .next = ""})); }},
      {"/v4/group_open_http_svc/get_specified_group_member_info", "get_specified_group_member_info", false,
       [](ChatApi& chat) { return without_value(chat.get_specified_group_member_info("g", {"a"})); }},
      {"/v4/group_open_http_svc/get_role_in_group", "get_role_in_group", false,
       [](ChatApi& chat) { return without_value(chat.get_role_in_group("g", {"a"})); }},
      {"/v4/openim/query_online_status", "query_online_status", false,
       [](ChatApi& chat) { return without_value(chat.query_online_status({"a"})); }},
      {"/v4/group_open_http_svc/delete_group_member", "delete_group_member", true,
       [](ChatApi& chat) { return chat.delete_group_member("g", {"a"}, true, "inactive", {}); }},
      {"/v4/group_open_http_svc/modify_group_base_info", "modify_group_base_info", true,
       [](ChatApi& chat) { return chat.modify_group_base_info("g", 240, {}); }},
      {"/v4/group_open_http_svc/add_group_member", "add_group_member", true,
       [](ChatApi& chat) { return without_value(chat.add_group_member("g", {"a"}, true)); }},
      {"/v4/group_open_http_svc/get_appid_group_list", "get_appid_group_list", false,
       [](ChatApi& chat) { return without_value(chat.get_appid_group_list("", 0)); }},
  };
}

}  // namespace headroom
