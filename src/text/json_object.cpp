#include "text/json_object.h"

#include <algorithm>
#include <cmath>

#include "text/time_text.h"
#include "text/utf8.h"

namespace headroom {
namespace {

rapidjson::SizeType size_of(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }

}  // namespace

void JsonObject::key(std::string_view name) { writer_.Key(name.data(), size_of(name)); }

void JsonObject::value(std::string_view text) {
  if (text.empty()) {
    writer_.String("", 0);  // a view of nothing may have no data
  } else if (is_utf8(text)) {
    writer_.String(text.data(), size_of(text));
  } else {
    const std::string repaired = repaired_utf8(text);
    writer_.String(repaired.data(), size_of(repaired));
    repaired_ = true;
  }
}

void JsonObject::text(std::string_view name, std::string_view text) {
  key(name);
  value(text);
}

void JsonObject::text_or_null(std::string_view name, std::string_view value) {
  if (value.empty()) {
    null(name);
  } else {
    text(name, value);
  }
}

void JsonObject::number(std::string_view name, std::int64_t value) {
  key(name);
  writer_.Int64(value);
}

void JsonObject::number(std::string_view name, std::optional<std::int64_t> value) {
  if (value) {
    number(name, *value);
  } else {
    null(name);
  }
}

void JsonObject::flag(std::string_view name, bool value) {
  key(name);
  writer_.Bool(value);
}

void JsonObject::time(std::string_view name, TimeMs value) { text(name, format_time(value)); }

void JsonObject::time(std::string_view name, std::optional<TimeMs> value) {
  if (value) {
    time(name, *value);
  } else {
    null(name);
  }
}

// Clamped first, because it is a stranger's number.
void JsonObject::seconds(std::string_view name, std::optional<std::int64_t> value) {
  if (!value || *value == 0) {
    null(name);
  } else {
    time(name, std::clamp<std::int64_t>(*value, 0, kMaxTimeMs / kSecondMs) * kSecondMs);
  }
}

void JsonObject::share(std::string_view name, std::int64_t part, std::int64_t whole) {
  if (whole <= 0) {
    null(name);
    return;
  }
  key(name);
  writer_.Double(std::round(static_cast<double>(part) / static_cast<double>(whole) * 10000) / 10000);
}

void JsonObject::null(std::string_view name) {
  key(name);
  writer_.Null();
}

void JsonObject::unsigned_number(std::string_view name, std::uint64_t value) {
  key(name);
  writer_.Uint64(value);
}

void JsonObject::flag(std::string_view name, std::optional<bool> value) {
  if (value) {
    flag(name, *value);
  } else {
    null(name);
  }
}

void JsonObject::bare(std::string_view name, std::string_view number) {
  key(name);
  writer_.RawValue(number.data(), number.size(), rapidjson::kNumberType);
}

void JsonObject::begin_object(std::string_view name) {
  key(name);
  writer_.StartObject();
}

void JsonObject::begin_list(std::string_view name) {
  key(name);
  writer_.StartArray();
}

void JsonObject::item(std::string_view text) { value(text); }

void JsonObject::end_object() { writer_.EndObject(); }

std::string JsonObject::finish() {
  writer_.EndObject();
  return {buffer_.GetString(), buffer_.GetSize()};
}

}  // namespace headroom
