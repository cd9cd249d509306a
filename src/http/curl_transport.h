#pragma once

#include <curl/curl.h>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/types.h"

namespace headroom {

struct TransportOptions {
  std::string base_url;  // "https://host", "http://127.0.0.1:1234"; a path is kept
  DurationMs request_timeout_ms = 5000;
  DurationMs connect_timeout_ms = 3000;  // part of the request's
  std::string ca_file = {};              // PEM; empty: the system's
  const std::atomic<bool>* cancelled = nullptr;
  std::size_t max_body_bytes = (1 << 20) + (1 << 16);  // of a reply; Chat's own limit is 1 MB [34620]
};

struct HttpReply {
  enum class Kind {
    kWhole,     // status and body are those that were sent
    kTooLarge,  // status 200, and more body than is read
    kNone       // no reply, or not all of one; `failure` says why
  };
  Kind kind = Kind::kNone;
  long status = 0;
  std::string body;
  std::string date;      // as it stands in the header; empty when there was none
  std::string cause;     // of kNone: why, in words for people
  std::string failure;   // the same, and the host
  bool sent = false;     // something of the request may have gone out
  bool aborted = false;  // ended from this side, before its time
  double seconds = 0;
};

struct HttpCall {
  std::string method = "POST";
  std::string_view path_and_query;        // begins with a slash and is escaped
  std::string_view body = {};             // JSON; of POST and PUT alone
  std::vector<std::string> headers = {};  // more of them, as "Name: value"
  DurationMs timeout_ms = 0;              // 0: the transport's
};

// HTTP over one connection that is kept alive. For one thread at a time. A request whose body has gone out once is
// never sent again behind the caller's back: what became of it is for the caller to find out.
class CurlTransport {
 public:
  static constexpr std::size_t kMaxHeaderBytes = 1 << 16;

  // Throws std::invalid_argument when base_url names no host.
  explicit CurlTransport(TransportOptions options);
  ~CurlTransport();
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  // Asked when the connection stands and the request is about to go out; false: it is not sent.
  using BeforeSend = std::function<bool()>;
  // What `before_send` throws comes out of it.
  HttpReply send(const HttpCall& call, const BeforeSend& before_send = {});
  HttpReply post(std::string_view path_and_query, std::string_view json, const BeforeSend& before_send = {}) {
    return send({.path_and_query = path_and_query, .body = json}, before_send);
  }

 private:
  struct Exchange;  // one request and what has come back
  static int on_ready(void* exchange, char* primary_ip, char* local_ip, int primary_port, int local_port) noexcept;
  static std::size_t on_upload(char* buffer, std::size_t size, std::size_t count, void* exchange);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* exchange);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* exchange);

  // Started and ended once per transport: curl counts.
  struct Global {
    Global();
    ~Global();
  };
  struct Free {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  // Made for the first request: curl's libraries take megabytes that an idle daemon need not have.
  struct Handles {
    Global global;
    std::unique_ptr<CURLM, FreeMulti> multi;
    std::unique_ptr<CURL, Free> easy;
    std::unique_ptr<curl_slist, Free> headers;
  };

  Handles& handles();  // throws std::runtime_error when curl does not start
  static std::unique_ptr<curl_slist, Free> header_list(const std::vector<std::string>& more);
  void set_up(Handles& handles) const;
  void prepare(CURL* easy, const HttpCall& call) const;
  CURLcode run(Handles& handles);
  HttpReply reply_of(CURL* easy, CURLcode code, Exchange& exchange) const;

  const TransportOptions options_;
  const std::string host_;
  std::unique_ptr<Handles> handles_;
};

}  // namespace headroom
