#include "admin/response.h"

#include <utility>

#include "text/json_object.h"

namespace headroom::admin {

Response plain_response(int status, std::string content_type, std::string body) {
  Response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  response.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  return response;
}

Response json_response(int status, std::string body) {
  return plain_response(status, "application/json", std::move(body));
}

Response empty_response() { return plain_response(204, "", ""); }

Response problem(int status, std::string_view detail, const Fields& extensions) {
  JsonObject writer;
  writer.text("type", "about:blank");
  writer.text("title", http::reason_phrase(status));
  writer.number("status", status);
  writer.text("detail", detail);
  for (const auto& [name, value] : extensions) writer.text(name, value);
  return plain_response(status, "application/problem+json", writer.finish());
}

int status_of(Denied::Kind kind) {
  switch (kind) {
    case Denied::kInvalid:
      return 400;
    case Denied::kNotFound:
      return 404;
    case Denied::kConflict:
      return 409;
    case Denied::kKeyReused:
      return 422;
    case Denied::kUnavailable:
      return 503;
    case Denied::kTimeout:
      return 504;
    case Denied::kFailed:
      return 500;
  }
  return 500;
}

Response problem(const Denied& denied) { return problem(status_of(denied.kind), denied.detail); }

}  // namespace headroom::admin
