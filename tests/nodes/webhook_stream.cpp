#include "tests/nodes/webhook_stream.h"

#include <curl/curl.h>

#include <chrono>
#include <memory>

namespace headroom::e2e {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPace = std::chrono::milliseconds(20);
constexpr std::int64_t kGroups = 40;
constexpr std::int64_t kMinute = 60'000;

std::size_t forget(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// The head goes out before the body, as of many clients: whoever hands it on has to have all of it to send it once
// more.
std::size_t give(char* data, std::size_t size, std::size_t count, void* body) {
  std::string& rest = *static_cast<std::string*>(body);
  const std::size_t given = rest.copy(data, size * count);
  rest.erase(0, given);
  return given;
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void post(CURL* curl, const std::string& url, WebhookStream::Sent& sent) {
  std::string body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":")" + sent.group +
                     R"(","EventTime":)" + std::to_string(sent.event_time) + "}";
  const auto length = static_cast<long>(body.size());
  const std::string target = url + "?SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json";
  curl_easy_reset(curl);  // the connections stay
  curl_easy_setopt(curl, CURLOPT_URL, target.c_str());
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(WebhookStream::kChatWaits * 1000));
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, length);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(curl, CURLOPT_READDATA, &body);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, forget);
  const auto began = Clock::now();
  if (curl_easy_perform(curl) == CURLE_OK) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &sent.status);
  sent.seconds = std::chrono::duration<double>(Clock::now() - began).count();
}

}  // namespace

WebhookStream::WebhookStream(std::string url, int senders) : url_(std::move(url)), next_(now_ms() - kMinute) {
  for (int i = 0; i < senders; ++i) threads_.emplace_back([this] { loop(); });
}

WebhookStream::~WebhookStream() { stop(); }

std::size_t WebhookStream::number() const {
  const std::lock_guard lock(mutex_);
  return sent_.size();
}

std::vector<WebhookStream::Sent> WebhookStream::stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  const std::lock_guard lock(mutex_);
  return sent_;
}

void WebhookStream::loop() {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  while (!stopping_) {
    Sent sent;
    sent.event_time = next_++;
    sent.group = "g" + std::to_string(sent.event_time % kGroups);
    post(curl.get(), url_, sent);
    {
      const std::lock_guard lock(mutex_);
      sent_.push_back(std::move(sent));
    }
    std::this_thread::sleep_for(kPace);
  }
}

}  // namespace headroom::e2e
