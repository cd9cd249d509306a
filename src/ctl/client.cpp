#include "ctl/client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "ctl/answer.h"
#include "ctl/exit.h"
#include "ctl/visible.h"

namespace headroom::ctl {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kMaxAnswerBytes = 64 << 20;  // a page of the largest items is under 4 MiB
constexpr int kAttempts = 3;
constexpr std::chrono::milliseconds kBetweenAttempts{200};
constexpr long kNotFound = 404;

CurlTransport make_transport(const std::string& url, DurationMs patience, const std::atomic<bool>* cancelled) {
  TransportOptions options;
  options.base_url = url;
  options.request_timeout_ms = options.connect_timeout_ms = patience;
  options.max_body_bytes = kMaxAnswerBytes;
  options.cancelled = cancelled;
  try {
    return CurlTransport(std::move(options));
  } catch (const std::invalid_argument&) {
    throw Failure(exit_status::kUsage, "the URL of the daemon names no host: " + url);
  }
}

// Nobody else comes upon it.
std::string new_key() {
  std::random_device random;
  std::string key;
  for (int i = 0; i < 32; ++i) key += "0123456789abcdef"[random() & 15];
  return key;
}

// "Conflict: the scheduler is paused"; what a proxy says stands for itself.
std::string refusal_text(const HttpReply& reply) {
  const rapidjson::Document problem = parse_object(reply.body);
  const std::string title = text_of(problem, "title"), detail = text_of(problem, "detail");
  if (title.empty())
    throw Failure(exit_status::kUnreachable, "what answered is no headroomd: its refusal has no title");
  return detail.empty() ? title : title + ": " + detail;
}

[[noreturn]] void refuse(const HttpReply& reply, const std::string& url) {
  const std::string status = "status " + std::to_string(reply.status);
  const bool no_access = reply.status == 401 || reply.status == 403;
  std::string text;
  try {
    text = refusal_text(reply);
  } catch (const Failure&) {
    if (no_access) throw Failure(exit_status::kNoAccess, url + " refuses the token: " + status);
    const bool redirects = reply.status >= 300 && reply.status < 400;
    throw Failure(exit_status::kUnreachable,
                  url + " is no headroomd, or there is something in front of it: " + status +
                      (redirects ? ", a redirect, which is not followed because of the token" : ""));
  }
  if (reply.status == 401) text += " (the token is wrong, or the daemon has none: admin.token_file)";
  throw Failure(no_access ? exit_status::kNoAccess : exit_status::kRefused, text);
}

}  // namespace

const std::string& checked_url(const std::string& url) {
  const bool http = url.starts_with("http://") || url.starts_with("https://");
  const bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!http || !plain || url.find_first_of("?#@") != std::string::npos) {
    throw Failure(exit_status::kUsage, "the URL of the daemon is http://HOST:PORT or https://HOST[:PORT][/PATH], not " +
                                           (url.find('@') == std::string::npos ? url : "one with a user in it"));
  }
  return url;
}

Client::Client(const std::string& url, std::optional<Secret> token, DurationMs patience,
               const std::atomic<bool>* cancelled)
    : url_(checked_url(url)),
      token_(std::move(token)),
      patience_(patience),
      transport_(make_transport(url_, patience, cancelled)) {}

// A call is repeated when it went out and its answer was lost: who asks for a change has given it a key.
HttpReply Client::ask(const HttpCall& call, bool& repeated) {
  HttpCall attempt = call;
  const auto until = Steady::now() + std::chrono::milliseconds(patience_);
  for (int i = 1;; ++i) {
    attempt.timeout_ms =
        std::max<DurationMs>(1, std::chrono::duration_cast<std::chrono::milliseconds>(until - Steady::now()).count());
    HttpReply reply = transport_.send(attempt);
    if (reply.kind == HttpReply::Kind::kWhole) return reply;
    if (reply.kind == HttpReply::Kind::kTooLarge) {
      throw Failure(exit_status::kUnreachable, url_ + " is no headroomd: its answer is larger than any of headroomd's");
    }
    const bool in_time = Steady::now() + kBetweenAttempts < until;
    if (!reply.sent || reply.aborted || !in_time || i == kAttempts) {
      throw Failure(exit_status::kUnreachable, url_ + " can not be reached: " + reply.cause);
    }
    repeated = true;
    std::this_thread::sleep_for(kBetweenAttempts);
  }
}

std::string Client::get(const std::string& path_and_query) {
  HttpCall call{.method = "GET", .path_and_query = path_and_query};
  if (token_) call.headers.push_back("Authorization: Bearer " + token_->expose());
  bool repeated = false;
  HttpReply reply = ask(call, repeated);
  if (reply.status != 200) refuse(reply, url_);
  return std::move(reply.body);
}

std::string Client::change(const Change& change) {
  HttpCall call{.method = change.method, .path_and_query = change.path, .body = change.body};
  if (token_) call.headers.push_back("Authorization: Bearer " + token_->expose());
  call.headers.push_back("Idempotency-Key: " + new_key());
  if (!change.reason.empty()) call.headers.push_back("X-Headroom-Reason: " + encode_reason(change.reason));
  bool repeated = false;
  HttpReply reply = ask(call, repeated);
  // What is to be gone is gone: by the attempt whose answer was lost, or by somebody else.
  if (repeated && change.method == "DELETE" && reply.status == kNotFound) return "";
  if (reply.status < 200 || reply.status >= 300) refuse(reply, url_);
  return std::move(reply.body);
}

std::string encode_reason(std::string_view reason) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (std::size_t i = 0; i < reason.size(); ++i) {
    const auto byte = static_cast<unsigned char>(reason[i]);
    // White space at an end is no part of a header's value.
    const bool at_an_end = i == 0 || i + 1 == reason.size();
    if (byte > 0x7e || byte < 0x20 || byte == '%' || (byte == ' ' && at_an_end)) {
      encoded.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    } else {
      encoded += reason[i];
    }
  }
  return encoded;
}

}  // namespace headroom::ctl
