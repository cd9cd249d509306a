#include "ctl/answer.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <utility>

#include "ctl/exit.h"
#include "ctl/visible.h"
#include "text/time_text.h"

namespace headroom::ctl {
namespace {

constexpr unsigned kStrict = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

// Numbers stay as they are written; RapidJSON's own would make texts of them.
struct JsonCopy : rapidjson::Writer<rapidjson::StringBuffer> {
  using Writer::Writer;
  bool RawNumber(const char* digits, rapidjson::SizeType length, bool) {
    return RawValue(digits, length, rapidjson::kNumberType);
  }
};

[[noreturn]] void strange(const std::string& what) {
  throw Failure(exit_status::kUnreachable, "what answered is no headroomd: " + what);
}

[[noreturn]] void strange_member(const char* name, const char* expected) {
  strange("its `" + std::string(name) + "` is no " + expected);
}

// The member, or null.
const Json& member(const Json& object, const char* name) {
  static const Json kNull;
  if (!object.IsObject()) strange("there is no object where one should be");
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? kNull : found->value;
}

// The elements of the array that begins at `at`, of JSON without white space that is known to be good.
std::vector<std::string> elements_at(std::string_view json, std::size_t at) {
  std::vector<std::string> elements;
  std::size_t begin = at + 1;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = at; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
      continue;
    }
    const bool opens = c == '[' || c == '{', closes = c == ']' || c == '}';
    if (c == '"') in_string = true;
    if (opens) ++depth;
    if ((c == ',' && depth == 1) || (closes && depth == 1)) {
      if (i > begin) elements.emplace_back(json.substr(begin, i - begin));
      begin = i + 1;
    }
    if (closes && --depth == 0) break;
  }
  return elements;
}

// Where the array of the first member "items" of an object begins, in such JSON.
std::size_t items_in(std::string_view json) {
  constexpr std::string_view kItems = "\"items\":[";
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (!in_string && depth == 1 && json.substr(i).starts_with(kItems)) return i + kItems.size() - 1;
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  strange("it has no `items`");
}

}  // namespace

rapidjson::Document parse_object(std::string_view body) {
  rapidjson::Document document;
  const bool has_nul = body.find('\0') != std::string_view::npos;  // the end of the input, to RapidJSON
  if (!has_nul) document.Parse<kStrict>(body.data(), body.size());
  if (has_nul || document.HasParseError()) strange("it answered something that is no JSON");
  if (!document.IsObject()) strange("its JSON is no object");
  return document;
}

std::string json_to_show(std::string_view body) {
  rapidjson::StringBuffer buffer;
  JsonCopy writer(buffer);
  rapidjson::MemoryStream stream(body.data(), body.size());
  rapidjson::Reader reader;
  if (!reader.Parse<kStrict | rapidjson::kParseNumbersAsStringsFlag>(stream, writer)) {
    strange("it answered something that is no JSON");
  }
  return visible_json({buffer.GetString(), buffer.GetSize()});
}

AnswerPage parse_page(std::string_view body) {
  AnswerPage page;
  page.document = parse_object(body);
  const Json& items = member(page.document, "items");
  if (!items.IsArray()) strange_member("items", "list");
  const std::string shown = json_to_show(body);
  page.texts = elements_at(shown, items_in(shown));
  if (page.texts.size() != items.Size()) strange("its `items` can not be told apart");
  page.next_cursor = text_of(page.document, "next_cursor");
  return page;
}

std::string text_of(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if (value.IsNull()) return "";
  if (!value.IsString()) strange_member(name, "text");
  return {value.GetString(), value.GetStringLength()};
}

std::optional<std::int64_t> number_of(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if (value.IsNull()) return std::nullopt;
  if (!value.IsInt64()) strange_member(name, "whole number");
  return value.GetInt64();
}

std::optional<bool> flag_of(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if (value.IsNull()) return std::nullopt;
  if (!value.IsBool()) strange_member(name, "yes or no");
  return value.GetBool();
}

std::optional<TimeMs> time_of(const Json& object, const char* name) {
  const std::string text = text_of(object, name);
  if (text.empty()) return std::nullopt;
  const auto time = parse_time(text);
  if (!time) strange_member(name, "time");
  return time;
}

const Json& object_of(const Json& object, const char* name) {
  static const Json kEmpty(rapidjson::kObjectType);
  const Json& value = member(object, name);
  if (value.IsNull()) return kEmpty;
  if (!value.IsObject()) strange_member(name, "object");
  return value;
}

const Json& list_of(const Json& object, const char* name) {
  static const Json kEmpty(rapidjson::kArrayType);
  const Json& value = member(object, name);
  if (value.IsNull()) return kEmpty;
  if (!value.IsArray()) strange_member(name, "list");
  return value;
}

std::string number_text(const Json& object, const char* name) {
  const auto number = number_of(object, name);
  return number ? std::to_string(*number) : "";
}

std::string share_of(const Json& object, const char* of, const char* whole) {
  const auto part = number_of(object, of), all = number_of(object, whole);
  if (!part && !all) return "";
  return (part ? std::to_string(*part) : "?") + "/" + (all ? std::to_string(*all) : "?");
}

}  // namespace headroom::ctl
