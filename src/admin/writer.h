#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "headroom/types.h"

namespace headroom::http {

// Writes one JSON object, field by field. What is absent is null; text that is no UTF-8 is mended.
class AdminWriter {
 public:
  AdminWriter() : writer_(buffer_) { writer_.StartObject(); }
  AdminWriter(const AdminWriter&) = delete;
  AdminWriter& operator=(const AdminWriter&) = delete;

  void text(std::string_view name, std::string_view text);
  void text_or_null(std::string_view name, std::string_view value);  // empty: null
  void number(std::string_view name, std::int64_t value);
  void number(std::string_view name, std::optional<std::int64_t> value);
  void flag(std::string_view name, bool value);
  void time(std::string_view name, TimeMs value);
  void time(std::string_view name, std::optional<TimeMs> value);
  // Chat's seconds; 0, its word for "never", is null.
  void seconds(std::string_view name, std::optional<std::int64_t> value);
  // part / whole, to four digits behind the point; null without a whole.
  void share(std::string_view name, std::int64_t part, std::int64_t whole);
  void null(std::string_view name);

  void begin_object(std::string_view name);
  void end_object();
  // Of objects, each with begin_item and end_object; or of texts.
  void begin_list(std::string_view name);
  void begin_item() { writer_.StartObject(); }
  void item(std::string_view text);
  void end_list() { writer_.EndArray(); }

  std::string finish();  // once

 private:
  void key(std::string_view name);
  void value(std::string_view text);

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace headroom::http
