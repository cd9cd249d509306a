#include "admin/query.h"

#include <algorithm>
#include <charconv>

#include "headroom/event.h"
#include "text/time_text.h"
#include "text/utf8.h"

namespace headroom::http {
namespace {

std::optional<int> parse_limit(const std::string& text) {
  int limit = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, limit);
  if (error != std::errc{} || rest != end || limit < 1 || limit > kMaxPageLimit) return std::nullopt;
  return limit;
}

}  // namespace

std::optional<Denied> refuse_parameters(const Request& request, const std::vector<std::string_view>& allowed) {
  if (request.query_malformed) return Denied{Denied::kInvalid, "the query is not percent-encoded text"};
  for (const auto& parameter : request.query) {
    const std::string& name = parameter.first;
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
      return Denied{Denied::kInvalid, "unknown query parameter: " + name};
    }
    if (request.query_values(name).size() > 1) return Denied{Denied::kInvalid, "doubled query parameter: " + name};
  }
  return std::nullopt;
}

std::int64_t run_id_of(const AdminCall& call) {
  const std::string& text = call.arguments.front();
  const char* const end = text.data() + text.size();
  std::int64_t id = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, id);
  return error == std::errc{} && rest == end && id > 0 ? id : 0;
}

std::optional<std::string> AdminQuery::group_id() {
  auto id = value("group_id");
  if (!id) return std::nullopt;
  if (!is_valid_subject(*id)) fail("group_id", "must be 1 to 128 bytes of UTF-8 without control characters");
  if (has_space_at_an_end(*id)) fail("group_id", "must not begin or end with white space");
  add_filter("group_id", *id);
  return id;
}

std::optional<TimeMs> AdminQuery::time(std::string_view name) {
  const auto text = value(name);
  if (!text) return std::nullopt;
  const auto time = parse_time(*text);
  if (time) {
    add_filter(name, std::to_string(*time));
  } else {
    fail(name, "must be an RFC 3339 time such as 2026-01-31T12:00:00Z");
  }
  return time;
}

bool AdminQuery::is_true(std::string_view name) {
  const auto text = value(name);
  if (!text) return false;
  if (*text != "true") fail(name, "must be true, or left out");
  add_filter(name, *text);
  return true;
}

PageRequest AdminQuery::page() {
  PageRequest page;
  page.limit = kDefaultPageLimit;
  if (const auto text = value("limit")) {
    const auto limit = parse_limit(*text);
    if (!limit) fail("limit", "must be a number from 1 to " + std::to_string(kMaxPageLimit));
    page.limit = limit.value_or(kDefaultPageLimit);
  }
  if (const auto text = value("cursor")) {
    page.before_id = decode_cursor(scope_, *text);
    if (!page.before_id) fail("cursor", "is none of this list with these filters");
  }
  return page;
}

std::optional<std::string> AdminQuery::cursor(std::optional<std::int64_t> next_before_id) const {
  if (!next_before_id) return std::nullopt;
  return encode_cursor(scope_, *next_before_id);
}

std::optional<std::string> AdminQuery::value(std::string_view name) const {
  auto values = request_.query_values(name);
  if (values.empty()) return std::nullopt;
  return std::move(values.front());
}

// With its length ahead, so that no value can look like two filters.
void AdminQuery::add_filter(std::string_view name, std::string_view text) {
  scope_.filters.append(name).append("=").append(std::to_string(text.size())).append(":").append(text).append(";");
}

void AdminQuery::fail(std::string_view name, std::string_view what) {
  if (!problem_) problem_ = Denied{Denied::kInvalid, std::string(name).append(" ").append(what)};
}

}  // namespace headroom::http
