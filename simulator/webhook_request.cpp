#include "simulator/webhook_request.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <rapidjson/document.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace chatsim {
namespace {

constexpr std::size_t kMaxAnswer = 64 * 1024;

std::string percent_encode(const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                       c == '-' || c == '_' || c == ':';
    if (plain) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::size_t collect(char* data, std::size_t size, std::size_t count, void* target) {
  auto& answer = *static_cast<std::string*>(target);
  if (answer.size() + size * count > kMaxAnswer) return 0;
  answer.append(data, size * count);
  return size * count;
}

bool is_json(const std::string& answer) {
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag>(answer.data(), answer.size());
  return !json.HasParseError();
}

}  // namespace

std::string webhook_sign(const std::string& token, const std::string& request_time) {
  const std::string text = token + request_time;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) out += {kHex[digest[i] >> 4], kHex[digest[i] & 15]};
  return out;
}

std::string webhook_url(const WebhookOptions& options, const WebhookEvent& event, std::int64_t now_s) {
  std::string url = options.url;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += "SdkAppid=" + std::to_string(options.sdk_app_id);
  url += "&CallbackCommand=" + percent_encode(event.command) + "&contenttype=json";
  if (!event.client_ip.empty()) url += "&ClientIP=" + percent_encode(event.client_ip);
  url += "&OptPlatform=" + percent_encode(event.platform);
  if (!options.token.empty()) {
    const std::string time = std::to_string(now_s);
    url += "&Sign=" + webhook_sign(options.token, time) + "&RequestTime=" + time;
  }
  return url;
}

WebhookConnection::WebhookConnection() : curl_(curl_easy_init()) {
  if (curl_ == nullptr) throw std::runtime_error("curl_easy_init failed");
}

WebhookConnection::~WebhookConnection() { curl_easy_cleanup(curl_); }

void WebhookConnection::send(const WebhookOptions& options, const std::string& url, Delivery& delivery) {
  CURL* curl = curl_;
  curl_easy_reset(curl);  // keeps the connection
  std::string answer;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(curl_slist_append(nullptr, "Content-Type:"),
                                                                      curl_slist_free_all);
  curl_slist_append(headers.get(), "Expect:");
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, delivery.body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(delivery.body.size()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout_ms));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  if (!options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  const CURLcode result = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &delivery.status);
  curl_off_t took_us = 0;
  curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &took_us);
  delivery.took_ms = took_us / 1000;
  delivery.timed_out = result == CURLE_OPERATION_TIMEDOUT;
  delivery.ok = result == CURLE_OK && delivery.status == 200 && is_json(answer);
}

}  // namespace chatsim
