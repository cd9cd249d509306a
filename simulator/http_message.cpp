#include "simulator/http_message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace chatsim {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The text up to `separator`, which is taken off `rest` together with it.
std::string_view cut(std::string_view& rest, std::string_view separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view piece = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + separator.size());
  return piece;
}

std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

void parse_target(HttpRequest& request) {
  std::string_view rest = request.target;
  request.path = std::string(cut(rest, "?"));
  while (!rest.empty()) {
    std::string_view pair = cut(rest, "&");
    if (pair.empty()) continue;
    const std::string name = decode(cut(pair, "="));
    request.query.emplace_back(name, decode(pair));
  }
}

bool parse_request_line(std::string_view line, HttpRequest& request) {
  request.method = std::string(cut(line, " "));
  request.target = std::string(cut(line, " "));
  request.keep_alive = line == "HTTP/1.1";
  parse_target(request);
  return !request.method.empty() && request.target.starts_with("/") && (line == "HTTP/1.1" || line == "HTTP/1.0");
}

bool parse_header(std::string_view line, HttpRequest& request) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || line[colon - 1] == ' ') return false;
  const std::string name = lower(line.substr(0, colon));
  const std::string value(trim(line.substr(colon + 1)));
  const auto [found, fresh] = request.headers.try_emplace(name, value);
  if (!fresh) found->second += ", " + value;
  return true;
}

HeadError read_length(const HttpRequest& request, std::size_t max_body, std::size_t& length) {
  if (request.headers.contains("transfer-encoding")) return HeadError::kLengthUnknown;
  const auto header = request.headers.find("content-length");
  if (header == request.headers.end()) return HeadError::kNone;
  const std::string& text = header->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || end != text.data() + text.size()) return HeadError::kMalformed;
  return length > max_body ? HeadError::kTooLarge : HeadError::kNone;
}

const char* reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 413:
      return "Payload Too Large";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    default:
      return "Status";
  }
}

std::string http_date(std::int64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

}  // namespace

std::optional<std::string> HttpRequest::query_value(std::string_view name) const {
  const std::string* found = nullptr;
  for (const auto& [key, value] : query) {
    if (key != name) continue;
    if (found != nullptr) return std::nullopt;
    found = &value;
  }
  if (found == nullptr) return std::nullopt;
  return *found;
}

ParsedHead parse_head(std::string_view head, std::size_t max_body) {
  ParsedHead out;
  bool good = parse_request_line(cut(head, "\r\n"), out.request);
  while (good && !head.empty()) good = parse_header(cut(head, "\r\n"), out.request);
  if (!good) {
    out.error = HeadError::kMalformed;
    return out;
  }
  out.error = read_length(out.request, max_body, out.body_size);
  const auto& headers = out.request.headers;
  if (const auto it = headers.find("connection"); it != headers.end()) {
    if (lower(it->second) == "close") out.request.keep_alive = false;
  }
  if (const auto it = headers.find("expect"); it != headers.end()) out.expects_continue = true;
  return out;
}

std::string write_head(const HttpResponse& response, std::int64_t now_ms, bool keep_alive) {
  std::string out =
      "HTTP/1.1 " + std::to_string(response.status) + ' ' + reason_phrase(response.status) + "\r\nServer: chatsim\r\n";
  out += "Date: " + http_date(now_ms + response.date_skew_ms) + "\r\n";
  if (!response.content_type.empty()) out += "Content-Type: " + response.content_type + "\r\n";
  out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return out;
}

}  // namespace chatsim
