#include "chat/json_fields.h"

#include <charconv>

#include "headroom/event.h"
#include "text/json_repair.h"
#include "text/utf8.h"

namespace headroom {
namespace {

// Half a surrogate pair, encoded. RapidJSON takes the escape of a second half alone ("\udc00") for a character; what
// comes out is no UTF-8, so that no JSON could carry it on.
bool is_lone_surrogate(std::string_view bytes) {
  return bytes.size() == 3 && bytes[0] == '\xED' && static_cast<unsigned char>(bytes[1]) >= 0xA0;
}

// RapidJSON has no limit of its own. Brackets inside strings do not count.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxJsonDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

std::string_view text_of(const rapidjson::Value& value) { return {value.GetString(), value.GetStringLength()}; }

template <typename Integer>
std::optional<Integer> decimal(std::string_view text) {
  Integer number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

bool parse_json_object(std::string_view text, rapidjson::Document& document) {
  // RapidJSON takes a NUL for the end of the text.
  if (text.find('\0') != std::string_view::npos || is_too_deep(text)) return false;
  const std::string readable = readable_json(text);
  if (!readable.empty()) text = readable;
  document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  return !document.HasParseError() && document.IsObject();
}

const rapidjson::Value* find_field(const rapidjson::Value& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  const rapidjson::Value* found = nullptr;
  for (const auto& member : object.GetObject()) {
    if (text_of(member.name) != name) continue;
    if (found != nullptr) return nullptr;
    found = &member.value;
  }
  return found;
}

std::size_t count_fields(const rapidjson::Value& object, std::string_view name) {
  std::size_t count = 0;
  for (const auto& member : object.GetObject()) count += text_of(member.name) == name ? 1 : 0;
  return count;
}

std::optional<std::string> string_field(const rapidjson::Value& object, std::string_view name) {
  const rapidjson::Value* value = find_field(object, name);
  if (value == nullptr || !value->IsString() || !is_utf8(text_of(*value))) return std::nullopt;
  return std::string(text_of(*value));
}

std::string shown_field(const rapidjson::Value& object, std::string_view name) {
  const rapidjson::Value* value = find_field(object, name);
  if (value == nullptr || !value->IsString()) return {};
  std::string text(text_of(*value));
  // Half a surrogate pair was one character, though it has become three bytes; so has what stands for it.
  for (std::size_t at = text.find('\xED'); at != std::string::npos && at + 2 < text.size();
       at = text.find('\xED', at + 1)) {
    if (is_lone_surrogate(std::string_view(text).substr(at, 3))) text.replace(at, 3, "\xEF\xBF\xBD");
  }
  return repaired_utf8(text);
}

std::optional<std::int64_t> integer_value(const rapidjson::Value& value) {
  if (value.IsInt64()) return value.GetInt64();
  if (value.IsString()) return decimal<std::int64_t>(text_of(value));
  return std::nullopt;
}

std::optional<std::int64_t> integer_field(const rapidjson::Value& object, std::string_view name) {
  const rapidjson::Value* value = find_field(object, name);
  return value == nullptr ? std::nullopt : integer_value(*value);
}

std::optional<std::uint64_t> unsigned_field(const rapidjson::Value& object, std::string_view name) {
  const rapidjson::Value* value = find_field(object, name);
  if (value == nullptr) return std::nullopt;
  if (value->IsUint64()) return value->GetUint64();
  if (value->IsString()) return decimal<std::uint64_t>(text_of(*value));
  return std::nullopt;
}

std::optional<std::int64_t> count_field(const rapidjson::Value& object, std::string_view name) {
  const std::optional<std::int64_t> number = integer_field(object, name);
  return number && *number >= 0 ? number : std::nullopt;
}

}  // namespace headroom
