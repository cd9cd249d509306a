#include "tests/hostile/tls_client.h"

#include <curl/curl.h>

#include <utility>

#include "tests/hostile/nginx_process.h"

namespace headroom::hostile {
namespace {

constexpr long kPatienceMs = 20000;

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, size * count);
  return size * count;
}

}  // namespace

TlsClient::TlsClient(std::uint16_t port, std::string certificate, std::string from)
    : port_(port), certificate_(std::move(certificate)), from_(std::move(from)), curl_(curl_easy_init()) {}

TlsClient::~TlsClient() { curl_easy_cleanup(curl_); }

TlsAnswer TlsClient::post(const std::string& target, const std::string& body, const std::vector<std::string>& headers) {
  CURL* const curl = curl_;
  TlsAnswer answer;
  curl_slist* list = curl_slist_append(nullptr, "Content-Type:");
  for (const std::string& header : headers) list = curl_slist_append(list, header.c_str());
  const std::string url = "https://" + std::string(kServerName) + target;
  const std::string to = "::127.0.0.1:" + std::to_string(port_);
  curl_slist* const connect_to = curl_slist_append(nullptr, to.c_str());
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connect_to);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_CAINFO, certificate_.c_str());
  curl_easy_setopt(curl, CURLOPT_INTERFACE, from_.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kPatienceMs);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) answer.body = curl_easy_strerror(code);
  double seconds = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME, &seconds);
  answer.took_ms = seconds * 1000;
  curl_slist_free_all(list);
  curl_slist_free_all(connect_to);
  return answer;
}

}  // namespace headroom::hostile
