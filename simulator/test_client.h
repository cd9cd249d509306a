#pragma once

#include <rapidjson/document.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "simulator/chatsim.h"

namespace chatsim {

struct SigParts {
  std::string identifier = "administrator";
  std::uint64_t sdk_app_id = 1400000000;
  std::int64_t time_s = 1'700'000'000;
  std::int64_t expire_s = 86'400;
  std::string key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
};
std::string make_user_sig(const SigParts& parts);
// The same envelope around any JSON text.
std::string pack_user_sig(const std::string& json);

struct HttpAnswer {
  int curl_code = 0;
  long status = 0;
  std::string headers;
  std::string body;
  rapidjson::Document json;

  int code() const { return number("ErrorCode"); }
  int number(const char* name) const;
  std::string text(const char* name) const;
  const rapidjson::Value& at(const char* name) const;  // the test fails when it is missing
};

// A REST client on libcurl with one kept connection.
class TestClient {
 public:
  explicit TestClient(const ChatSim& sim);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // A signed call of `v4/<path>`.
  HttpAnswer call(const std::string& path, const std::string& body);
  HttpAnswer group_call(const std::string& command, const std::string& body) {
    return call("group_open_http_svc/" + command, body);
  }
  HttpAnswer send(const std::string& method, const std::string& target, const std::string& body);
  void set_timeout_ms(long ms) { timeout_ms_ = ms; }
  void set_user_sig(std::string user_sig) { user_sig_ = std::move(user_sig); }
  std::string query() const;

 private:
  const std::string base_url_;
  std::string user_sig_;
  long timeout_ms_ = 10'000;
  void* curl_;
};

// `name` of every element of an array.
std::vector<std::string> texts_of(const rapidjson::Value& array, const char* name);

// A time that only moves when told to.
class ManualClock {
 public:
  explicit ManualClock(std::int64_t ms) : ms_(std::make_shared<std::atomic<std::int64_t>>(ms)) {}
  void advance_ms(std::int64_t ms) { *ms_ += ms; }
  Clock clock() const {
    return [ms = ms_] { return ms->load(); };
  }

 private:
  std::shared_ptr<std::atomic<std::int64_t>> ms_;
};

inline constexpr std::int64_t kTestNowS = 1'700'000'100;

// A simulator on a clock that stands still at kTestNowS, and a client.
ChatSimOptions test_options();

GroupSpec small_group(const std::string& id, const std::string& type, int members, int max_members);

}  // namespace chatsim
