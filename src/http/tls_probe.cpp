#include "http/tls_probe.h"

#include <curl/curl.h>

#include <cstring>
#include <memory>
#include <string_view>

#include "http/curl_cause.h"

namespace headroom::http {
namespace {

struct Free {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// curl lists "Name:value"; the first certificate is the host's own.
std::optional<TimeMs> expiry_of(CURL* easy) {
  constexpr std::string_view kName = "Expire date:";
  curl_certinfo* info = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) != CURLE_OK || info == nullptr || info->num_of_certs < 1) {
    return std::nullopt;
  }
  for (const curl_slist* line = info->certinfo[0]; line != nullptr; line = line->next) {
    const std::string_view text = line->data;
    if (!text.starts_with(kName)) continue;
    const time_t seconds = curl_getdate(text.substr(kName.size()).data(), nullptr);
    if (seconds > 0) return static_cast<TimeMs>(seconds) * kSecondMs;
  }
  return std::nullopt;
}

bool is_about_tls(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
         code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER ||
         code == CURLE_SSL_ISSUER_ERROR;
}

}  // namespace

TlsProbe probe_tls(const std::string& base_url, DurationMs most, const TlsProbeOptions& options) {
  curl_global_init(CURL_GLOBAL_DEFAULT);  // counted, and as cheap as nothing the second time
  const std::unique_ptr<CURL, Free> easy(curl_easy_init());
  if (!easy) return {"libcurl does not start", false, std::nullopt};
  const std::unique_ptr<curl_slist, Free> place(
      options.connect_to.empty() ? nullptr : curl_slist_append(nullptr, options.connect_to.c_str()));
  curl_easy_setopt(easy.get(), CURLOPT_URL, base_url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(easy.get(), CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy.get(), CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_CERTINFO, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_QUICK_EXIT, 1L);  // a resolver that hangs is not waited for
  curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(most));
  curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(most));
  if (place) curl_easy_setopt(easy.get(), CURLOPT_CONNECT_TO, place.get());
  if (!options.ca_file.empty()) curl_easy_setopt(easy.get(), CURLOPT_CAINFO, options.ca_file.c_str());
  const CURLcode code = curl_easy_perform(easy.get());
  if (code != CURLE_OK) return {cause_of(code), is_about_tls(code), std::nullopt};
  return {"", true, expiry_of(easy.get())};
}

}  // namespace headroom::http
