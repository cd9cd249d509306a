#include "http/admin_response.h"

#include <utility>

#include "http/admin_writer.h"

namespace headroom::http {
namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

}  // namespace

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
  AdminWriter writer;
  writer.text("type", "about:blank");
  writer.text("title", title_of(status));
  writer.number("status", status);
  writer.text("detail", detail);
  for (const auto& [name, value] : extensions) writer.text(name, value);
  return plain_response(status, "application/problem+json", writer.finish());
}

Response problem(const Denied& denied) { return problem(denied.status, denied.detail); }

}  // namespace headroom::http
