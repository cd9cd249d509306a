#include "admin/repeat.h"

#include <algorithm>
#include <utility>

#include "admin/response.h"
#include "http/sha256.h"

namespace headroom::admin {
namespace {

constexpr std::string_view kLocation = "Location";

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= kMaxKeyBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// Each part with its length ahead, so that no two requests are one text.
std::string text_of(const Request& request, std::string_view pattern, const std::vector<std::string>& arguments) {
  std::string text;
  const auto add = [&](std::string_view part) { text.append(std::to_string(part.size())).append(":").append(part); };
  add(request.method);
  add(pattern);
  for (const std::string& argument : arguments) add(argument);
  add(request.body);
  return text;
}

}  // namespace

Result<std::optional<RequestKey>> read_request_key(const std::string& token, const Request& request,
                                                   std::string_view pattern,
                                                   const std::vector<std::string>& arguments) {
  auto keys = request.header_values("idempotency-key");
  if (keys.empty()) return std::optional<RequestKey>();
  if (keys.size() > 1) return Denied{Denied::kInvalid, "Idempotency-Key stands twice"};
  if (!is_key(keys.front())) {
    return Denied{Denied::kInvalid,
                  "Idempotency-Key must be 1 to " + std::to_string(kMaxKeyBytes) + " visible ASCII characters"};
  }
  return std::optional(
      RequestKey{token, std::move(keys.front()), http::sha256_hex({text_of(request, pattern, arguments)})});
}

KeptAnswer kept_of(const Response& response) {
  KeptAnswer answer;
  answer.status = response.status;
  answer.body = response.body;
  for (const auto& [name, value] : response.headers) {
    if (name == kLocation) answer.location = value;
  }
  return answer;
}

Response response_of(const KeptAnswer& answer) {
  Response response = answer.status < 400 ? json_response(answer.status, answer.body)
                                          : plain_response(answer.status, "application/problem+json", answer.body);
  if (!answer.location.empty()) response.headers.emplace_back(kLocation, answer.location);
  return response;
}

}  // namespace headroom::admin
