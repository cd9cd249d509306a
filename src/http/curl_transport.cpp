#include "http/curl_transport.h"

#include <strings.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "http/curl_cause.h"

namespace headroom {
namespace {

constexpr int kPollMs = 50;  // how long a cancelled request goes on at most
constexpr long kMaxIdleSeconds = 50;

std::string host_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts(curl_url(), &curl_url_cleanup);
  char* host = nullptr;
  if (!parts || curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parts.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK) {
    throw std::invalid_argument("the base URL names no host");
  }
  const std::unique_ptr<char, decltype(&curl_free)> owned(host, &curl_free);
  return host;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// The value, when the line is that header.
std::optional<std::string_view> header_value(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
  if (strncasecmp(line.data(), name.data(), name.size()) != 0) return std::nullopt;
  return trimmed(line.substr(name.size() + 1));
}

}  // namespace

struct CurlTransport::Exchange {
  std::size_t max_body_bytes = 0;
  std::string_view upload;  // what is still to be sent
  const BeforeSend* before_send = nullptr;
  std::exception_ptr thrown;  // by before_send
  bool sent = false;
  std::string body;
  std::string date;
  std::size_t header_bytes = 0;
  bool header_whole = false;
  bool too_large = false;
};

CurlTransport::Global::Global() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl does not start");
}
CurlTransport::Global::~Global() { curl_global_cleanup(); }

CurlTransport::CurlTransport(TransportOptions options)
    : options_(std::move(options)), host_(host_of(options_.base_url)) {}

CurlTransport::~CurlTransport() = default;

CurlTransport::Handles& CurlTransport::handles() {
  if (handles_) return *handles_;
  auto handles = std::make_unique<Handles>();
  handles->multi.reset(curl_multi_init());
  handles->easy.reset(curl_easy_init());
  if (!handles->multi || !handles->easy) throw std::runtime_error("libcurl does not start");
  handles->headers = header_list({});
  set_up(*handles);
  return *(handles_ = std::move(handles));
}

std::unique_ptr<curl_slist, CurlTransport::Free> CurlTransport::header_list(const std::vector<std::string>& more) {
  std::unique_ptr<curl_slist, Free> list;
  const auto add = [&list](const char* header) {
    curl_slist* longer = curl_slist_append(list.get(), header);
    if (longer == nullptr) throw std::bad_alloc();
    if (!list) list.reset(longer);
  };
  add("Content-Type: application/json");
  add("Expect:");  // no question whether the body is welcome: one more round trip
  for (const std::string& header : more) add(header.c_str());
  return list;
}

void CurlTransport::set_up(Handles& handles) const {
  CURL* easy = handles.easy.get();
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // whatever the environment says
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min(options_.connect_timeout_ms, options_.request_timeout_ms)));
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, kMaxIdleSeconds);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);  // `..` is an id like any other
  // curl repeats a request when a kept connection breaks before the first byte of a reply. By a callback that can not
  // be rewound (instead of POSTFIELDS) it can do so only while nothing of the body has gone out.
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &CurlTransport::on_upload);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &CurlTransport::on_ready);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &CurlTransport::on_header);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &CurlTransport::on_body);
}

void CurlTransport::prepare(CURL* easy, const HttpCall& call) const {
  const std::string_view base = options_.base_url;
  const std::string url = std::string(base.substr(0, base.find_last_not_of('/') + 1)).append(call.path_and_query);
  const DurationMs timeout = call.timeout_ms > 0 ? call.timeout_ms : options_.request_timeout_ms;
  const bool has_body = call.method == "POST" || call.method == "PUT";
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout));
  curl_easy_setopt(easy, has_body ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(has_body ? call.body.size() : 0));
}

HttpReply CurlTransport::send(const HttpCall& call, const BeforeSend& before_send) {
  try {
    handles();
  } catch (const std::runtime_error& error) {
    HttpReply none;
    none.cause = none.failure = error.what();
    return none;
  }
  Exchange exchange;
  exchange.max_body_bytes = options_.max_body_bytes;
  exchange.upload = call.body;
  exchange.before_send = &before_send;
  CURL* easy = handles_->easy.get();
  std::unique_ptr<curl_slist, Free> own_headers;
  if (!call.headers.empty()) own_headers = header_list(call.headers);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, (own_headers ? own_headers : handles_->headers).get());
  prepare(easy, call);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_READDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
  const CURLcode code = run(*handles_);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, handles_->headers.get());
  if (exchange.thrown) std::rethrow_exception(exchange.thrown);
  return reply_of(easy, code, exchange);
}

// As curl_easy_perform, but it sees within kPollMs that it is cancelled (that one looks once a second).
CURLcode CurlTransport::run(Handles& handles) {
  if (curl_multi_add_handle(handles.multi.get(), handles.easy.get()) != CURLM_OK) return CURLE_FAILED_INIT;
  CURLcode result = CURLE_ABORTED_BY_CALLBACK;
  int running = 1;
  while (options_.cancelled == nullptr || !options_.cancelled->load()) {
    if (curl_multi_perform(handles.multi.get(), &running) != CURLM_OK) {
      result = CURLE_FAILED_INIT;
      break;
    }
    int left = 0;
    if (const CURLMsg* message = curl_multi_info_read(handles.multi.get(), &left); message != nullptr) {
      result = message->data.result;
      break;
    }
    if (curl_multi_poll(handles.multi.get(), nullptr, 0, kPollMs, nullptr) != CURLM_OK) {
      result = CURLE_FAILED_INIT;
      break;
    }
  }
  curl_multi_remove_handle(handles.multi.get(), handles.easy.get());
  return result;
}

HttpReply CurlTransport::reply_of(CURL* easy, CURLcode code, Exchange& exchange) const {
  HttpReply reply;
  reply.sent = exchange.sent;
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &microseconds);
  reply.seconds = static_cast<double>(microseconds) / 1e6;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply.status);
  reply.aborted = code == CURLE_ABORTED_BY_CALLBACK;
  if (code == CURLE_OK && !exchange.header_whole) {
    reply.cause = "the reply's header is cut short";  // an empty reply, to curl
  } else if (code == CURLE_OK) {
    reply.kind = HttpReply::Kind::kWhole;
    reply.body = std::move(exchange.body);
    reply.date = std::move(exchange.date);
  } else if (exchange.too_large && reply.status == 200) {
    reply.kind = HttpReply::Kind::kTooLarge;
    reply.date = std::move(exchange.date);
  } else {
    reply.cause = http::cause_of(code);
  }
  if (reply.kind == HttpReply::Kind::kNone) reply.failure = reply.cause + " (" + host_ + ")";
  return reply;
}

// Also when a kept connection broke and curl begins anew on another one.
int CurlTransport::on_ready(void* exchange, char*, char*, int, int) noexcept {
  auto& mine = *static_cast<Exchange*>(exchange);
  try {
    if (*mine.before_send && !(*mine.before_send)()) return CURL_PREREQFUNC_ABORT;
  } catch (...) {
    mine.thrown = std::current_exception();
    return CURL_PREREQFUNC_ABORT;
  }
  mine.sent = true;
  return CURL_PREREQFUNC_OK;
}

std::size_t CurlTransport::on_upload(char* buffer, std::size_t size, std::size_t count, void* exchange) {
  std::string_view& upload = static_cast<Exchange*>(exchange)->upload;
  const std::size_t taken = std::min(upload.size(), size * count);
  std::memcpy(buffer, upload.data(), taken);
  upload.remove_prefix(taken);
  return taken;
}

std::size_t CurlTransport::on_header(char* data, std::size_t size, std::size_t count, void* exchange) {
  auto& mine = *static_cast<Exchange*>(exchange);
  const std::string_view line(data, size * count);
  mine.header_bytes += line.size();
  if (mine.header_bytes > kMaxHeaderBytes) return 0;
  if (line.starts_with("HTTP/")) mine.date.clear();  // what came before was an interim reply
  mine.header_whole = trimmed(line).empty();
  if (const auto date = header_value(line, "Date"); date && mine.date.empty()) mine.date = *date;
  return line.size();
}

std::size_t CurlTransport::on_body(char* data, std::size_t size, std::size_t count, void* exchange) {
  auto& mine = *static_cast<Exchange*>(exchange);
  const std::size_t length = size * count;
  if (mine.body.size() + length > mine.max_body_bytes) {
    mine.too_large = true;
    return 0;
  }
  mine.body.append(data, length);
  return length;
}

}  // namespace headroom
