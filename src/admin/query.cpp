#include "admin/query.h"

#include <algorithm>
#include <charconv>

#include "headroom/event.h"
#include "text/time_text.h"
#include "text/units.h"
#include "text/utf8.h"

namespace headroom::admin {
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

std::optional<std::string> AdminQuery::subject(std::string_view name) {
  auto id = value(name);
  if (!id) return std::nullopt;
  if (!is_valid_subject(*id)) fail(name, "must be 1 to 128 bytes of UTF-8 without control characters");
  if (has_space_at_an_end(*id)) fail(name, "must not begin or end with white space");
  add_filter(name, *id);
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

std::optional<DurationMs> AdminQuery::duration(std::string_view name, DurationMs least, DurationMs most) {
  const auto text = value(name);
  if (!text) return std::nullopt;
  const auto duration = parse_duration(*text);
  if (duration && *duration >= least && *duration <= most) {
    add_filter(name, std::to_string(*duration));
    return duration;
  }
  fail(name, "must be a duration with its unit, from " + format_duration(least) + " to " + format_duration(most));
  return std::nullopt;
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
    const auto place = decode_cursor(scope_, *text);
    if (!place) fail("cursor", "is none of this list with these filters");
    if (place) page.before_id = place->before_id;
    if (place) page.rank = place->rank;
  }
  return page;
}

std::string AdminQuery::search(std::string_view name) {
  auto text = value(name);
  if (!text) return {};
  if (!is_valid_subject(*text)) fail(name, "must be 1 to 128 bytes of UTF-8 without control characters");
  add_filter(name, *text);
  return *std::move(text);
}

std::vector<std::string> AdminQuery::listed_words(std::string_view name) {
  std::vector<std::string> words;
  const auto text = value(name);
  if (!text) return words;
  for (std::size_t begin = 0, end = 0; end != text->npos; begin = end + 1) {
    end = text->find(',', begin);
    words.push_back(text->substr(begin, end - begin));  // npos - begin is beyond the end, too
  }
  std::sort(words.begin(), words.end());
  const auto doubled = std::adjacent_find(words.begin(), words.end());
  if (doubled != words.end()) fail(name, is_plain_text(*doubled) ? "names twice: " + *doubled : "names a value twice");
  std::string all;
  for (const std::string& word : words) all.append(all.empty() ? "" : ",").append(word);
  add_filter(name, all);
  return words;
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

// Whoever mistyped a long one sees the name alone.
void AdminQuery::fail_word(std::string_view name, std::string_view word) {
  constexpr std::size_t kShown = 64;
  const bool shown = !word.empty() && word.size() <= kShown && is_plain_text(word);
  fail(name, "is no known value" + (shown ? ": " + std::string(word) : std::string()));
}

}  // namespace headroom::admin
