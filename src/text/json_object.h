#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "headroom/types.h"

namespace headroom {

// Writes one JSON object, field by field. What is absent is null; text that is no UTF-8 is repaired.
class JsonObject {
 public:
  JsonObject() : writer_(buffer_) { writer_.StartObject(); }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;

  void text(std::string_view name, std::string_view text);
  void text_or_null(std::string_view name, std::string_view value);  // empty: null
  void number(std::string_view name, std::int64_t value);
  void number(std::string_view name, std::optional<std::int64_t> value);
  void flag(std::string_view name, bool value);
  void time(std::string_view name, TimeMs value);
  void time(std::string_view name, std::optional<TimeMs> value);
  // Unix seconds; 0, for "never", is null.
  void seconds(std::string_view name, std::optional<std::int64_t> value);
  // part / whole, to four digits behind the point; null without a whole.
  void share(std::string_view name, std::int64_t part, std::int64_t whole);
  void null(std::string_view name);
  void unsigned_number(std::string_view name, std::uint64_t value);
  void flag(std::string_view name, std::optional<bool> value);
  // A number as it is written already.
  void bare(std::string_view name, std::string_view number);

  void begin_object(std::string_view name);
  void end_object();
  // Of objects, each with begin_item and end_object; or of texts.
  void begin_list(std::string_view name);
  void begin_item() { writer_.StartObject(); }
  void item(std::string_view text);
  void end_list() { writer_.EndArray(); }
  // All of a list of texts.
  template <typename Texts>
  void list(std::string_view name, const Texts& texts) {
    begin_list(name);
    for (const auto& text : texts) item(text);
    end_list();
  }

  // Whether a text was no UTF-8: what the other side would read is not what was given.
  bool repaired() const { return repaired_; }

  std::string finish();  // once

 private:
  void key(std::string_view name);
  void value(std::string_view text);

  bool repaired_ = false;
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace headroom
