#include <array>
#include <cstring>

#include "admin/cursor.h"
#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"

// A cursor: its list's filters on the first line, the cursor on the second, an id in the bytes behind.
namespace headroom::admin {
namespace {

constexpr std::array<const char*, 3> kKinds = {"groups", "events", "runs"};

void require_decoded(const CursorScope& scope, std::string_view cursor, const CursorPlace& place) {
  REQUIRE(place.before_id > 0);
  REQUIRE(encode_cursor(scope, place) == cursor);
  for (const char* kind : kKinds) REQUIRE(kind == scope.kind || !decode_cursor({kind, scope.filters}, cursor));
  REQUIRE(!decode_cursor({scope.kind, scope.filters + " "}, cursor));
}

void require_encoded(const CursorScope& scope, const CursorPlace& place, std::string_view altered_by) {
  const std::string cursor = encode_cursor(scope, place);
  const auto decoded = decode_cursor(scope, cursor);
  REQUIRE(decoded == (place.before_id > 0 ? std::optional(place) : std::nullopt));
  if (decoded) require_decoded(scope, cursor, place);
  if (altered_by.empty()) return;
  std::string altered = cursor;
  const auto at = static_cast<unsigned char>(altered_by.front()) % altered.size();
  altered[at] = altered_by.back();
  REQUIRE(altered == cursor || !decode_cursor(scope, altered));
  REQUIRE(!decode_cursor(scope, cursor + altered_by.front()));
  REQUIRE(!decode_cursor(scope, std::string_view(cursor).substr(0, cursor.size() - 1)));
}

}  // namespace
}  // namespace headroom::admin

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom::admin;
  std::string_view input = headroom::text_of(data, size);
  const std::string filters(headroom::take_line(input));
  const CursorScope scope{kKinds[filters.size() % kKinds.size()], filters};
  const std::string_view cursor = headroom::take_line(input);
  if (const auto place = decode_cursor(scope, cursor)) require_decoded(scope, cursor, *place);
  std::int64_t id = 0;
  std::memcpy(&id, input.data(), std::min(input.size(), sizeof id));
  require_encoded(scope, {id}, cursor);
  require_encoded(scope, {id, ~id}, cursor);
  return 0;
}
