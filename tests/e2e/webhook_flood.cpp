#include "tests/e2e/webhook_flood.h"

#include <curl/curl.h>

#include <memory>
#include <utility>

namespace headroom::e2e {
namespace {

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

}  // namespace

WebhookFlood::WebhookFlood(std::string url, std::int64_t count, int connections, std::int64_t groups)
    : url_(std::move(url)), count_(count), groups_(groups), senders_left_(connections) {
  for (int i = 0; i < connections; ++i) senders_.emplace_back([this] { send(); });
}

WebhookFlood::~WebhookFlood() {
  stopping_ = true;
  for (std::thread& sender : senders_) sender.join();
}

void WebhookFlood::send() {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url_.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, 10000L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, ignore);
  while (!stopping_) {
    const std::int64_t number = next_++;
    if (number >= count_) break;
    const std::string body = R"({"CallbackCommand":"Group.CallbackAfterGroupFull","GroupId":"@TGS#forged)" +
                             std::to_string(number * 2654435761 % 4294967296 % groups_) + "\"}";
    curl_easy_setopt(curl.get(), CURLOPT_COPYPOSTFIELDS, body.c_str());
    long status = 0;
    if (curl_easy_perform(curl.get()) == CURLE_OK) curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status == 200) ++recorded_;
  }
  --senders_left_;
}

}  // namespace headroom::e2e
