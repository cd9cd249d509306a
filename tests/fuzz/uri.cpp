#include "http/uri.h"

#include <algorithm>

#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"

// The target of a request: percent-encoding in paths and queries.
namespace headroom::http {
namespace {

void require_decoding(std::string_view text) {
  REQUIRE(decode_path_text(percent_encoded(text)) == std::string(text));
  REQUIRE(decode_query_text(percent_encoded(text)) == std::string(text));
  const auto path = decode_path_text(text);
  const auto query = decode_query_text(text);
  REQUIRE(path.has_value() == query.has_value());
  if (!path) return;
  REQUIRE(path->size() == query->size());
  REQUIRE(path->size() + 2 * static_cast<std::size_t>(std::count(text.begin(), text.end(), '%')) == text.size());
  // They differ in the `+` alone.
  for (std::size_t i = 0; i < path->size(); ++i) {
    REQUIRE((*path)[i] == (*query)[i] || ((*path)[i] == '+' && (*query)[i] == ' '));
  }
}

void require_segments(std::string_view text) {
  const auto segments = split_path(text);
  if (!segments) return;
  REQUIRE(text.front() == '/');
  REQUIRE(segments->size() == static_cast<std::size_t>(std::count(text.begin(), text.end(), '/')));
  std::string written;
  for (const std::string& segment : *segments) written += "/" + percent_encoded(segment);
  REQUIRE(split_path(written) == segments);
}

void require_parameters(std::string_view text) {
  const Query query = parse_query(text);
  const auto separators = static_cast<std::size_t>(std::count(text.begin(), text.end(), '&'));
  REQUIRE(query.parameters.size() <= separators + 1);
  REQUIRE(query.malformed || text.find('%') != text.npos || query.parameters.size() <= text.size());
  std::string written;
  std::size_t bytes = 0;
  for (const auto& [name, value] : query.parameters) {
    written += percent_encoded(name) + "=" + percent_encoded(value) + "&";
    bytes += name.size() + value.size();
  }
  REQUIRE(bytes <= text.size());
  const Query again = parse_query(written);
  REQUIRE(!again.malformed && again.parameters == query.parameters);
}

}  // namespace
}  // namespace headroom::http

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = headroom::text_of(data, size);
  headroom::http::require_decoding(text);
  headroom::http::require_segments(text);
  headroom::http::require_parameters(text);
  return 0;
}
