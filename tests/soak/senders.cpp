#include "tests/soak/senders.h"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>

namespace headroom::soak {
namespace {

constexpr long kPatienceMs = 10000;
constexpr auto kAfterRefusal = std::chrono::milliseconds(10);

std::size_t append(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

std::string url_of(const std::string& webhook_url) {
  return webhook_url +
         "?SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json"
         "&ClientIP=127.0.0.1&OptPlatform=RESTAPI";
}

}  // namespace

void Answers::add(const Answers& more) {
  ok += more.ok;
  failed += more.failed;
  overloaded += more.overloaded;
  none += more.none;
  other += more.other;
  slowest_ms = std::max(slowest_ms, more.slowest_ms);
}

Sender::Sender(const std::string& webhook_url) : url_(url_of(webhook_url)), curl_(curl_easy_init()) {}

Sender::~Sender() { curl_easy_cleanup(curl_); }

long Sender::send(std::int64_t number) {
  const std::string body = webhook_body(number);
  std::string answer;
  long status = 0;
  curl_easy_reset(curl_);  // the connection stays
  curl_easy_setopt(curl_, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(curl_, CURLOPT_PROXY, "");
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, kPatienceMs);
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &answer);
  if (curl_easy_perform(curl_) != CURLE_OK) return 0;
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
  curl_off_t microseconds = 0;
  curl_easy_getinfo(curl_, CURLINFO_TOTAL_TIME_T, &microseconds);
  took_ms_ = microseconds / 1000;
  const char* expected = status == 200 ? R"("ActionStatus":"OK")" : R"("ActionStatus":"FAIL")";
  return answer.find(expected) == std::string::npos ? -1 : status;
}

Senders::Senders(const std::string& webhook_url, int count, Ledger& ledger) : ledger_(ledger) {
  for (int i = 0; i < count; ++i) threads_.emplace_back([this, webhook_url] { loop(webhook_url); });
}

Senders::~Senders() { stop(); }

Answers Senders::stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  return {ok_, failed_, overloaded_, none_, other_, slowest_ms_};
}

std::int64_t Senders::answers_of(long status) const {
  return status == 200 ? ok_ : status == 500 ? failed_ : status == 503 ? overloaded_ : status == 0 ? none_ : other_;
}

void Senders::loop(const std::string& url) {
  Sender sender(url);
  while (!stopping_) {
    const std::int64_t number = ledger_.next();
    const long status = sender.send(number);
    ledger_.answered(number, status);
    ++(status == 200 ? ok_ : status == 500 ? failed_ : status == 503 ? overloaded_ : status == 0 ? none_ : other_);
    if (status != 0) {
      std::int64_t slowest = slowest_ms_;
      while (sender.took_ms() > slowest && !slowest_ms_.compare_exchange_weak(slowest, sender.took_ms())) {
      }
    }
    if (status != 200) std::this_thread::sleep_for(kAfterRefusal);
  }
}

}  // namespace headroom::soak
