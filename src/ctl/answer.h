#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/types.h"

// What the daemon answered. Whoever sits at the other end of a URL may be somebody else: each of these throws Failure
// (unreachable) with what is wrong with the answer.
namespace headroom::ctl {

using Json = rapidjson::Value;

// The answer as an object.
rapidjson::Document parse_object(std::string_view body);
// The same JSON without white space between its tokens, numbers as they were written; and safe to be shown.
std::string json_to_show(std::string_view body);

// One page of a list: each item to read, and as it is to be shown.
struct AnswerPage {
  rapidjson::Document document;
  std::vector<std::string> texts;
  std::string next_cursor;  // empty: it is the last page

  const Json& items() const { return document["items"]; }
};
AnswerPage parse_page(std::string_view body);

// A member of an object. Absent is what null is: an older daemon has fewer.
std::string text_of(const Json& object, const char* name);  // "" when it is null
std::optional<std::int64_t> number_of(const Json& object, const char* name);
std::optional<bool> flag_of(const Json& object, const char* name);
std::optional<TimeMs> time_of(const Json& object, const char* name);
const Json& object_of(const Json& object, const char* name);                  // an empty one when it is null
const Json& list_of(const Json& object, const char* name);                    // the same
std::string number_text(const Json& object, const char* name);                // "" when it is null
std::string share_of(const Json& object, const char* of, const char* whole);  // "190/200"; "" when one is null

}  // namespace headroom::ctl
