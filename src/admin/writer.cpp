#include "admin/writer.h"

#include <algorithm>
#include <cmath>

#include "admin/text.h"

namespace headroom::http {
namespace {

rapidjson::SizeType size_of(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }

}  // namespace

void AdminWriter::key(std::string_view name) { writer_.Key(name.data(), size_of(name)); }

void AdminWriter::value(std::string_view text) {
  if (text.empty()) {
    writer_.String("", 0);  // a view of nothing may have no data
  } else if (is_utf8(text)) {
    writer_.String(text.data(), size_of(text));
  } else {
    const std::string mended = replace_invalid_utf8(text);
    writer_.String(mended.data(), size_of(mended));
  }
}

void AdminWriter::text(std::string_view name, std::string_view text) {
  key(name);
  value(text);
}

void AdminWriter::text_or_null(std::string_view name, std::string_view value) {
  if (value.empty()) {
    null(name);
  } else {
    text(name, value);
  }
}

void AdminWriter::number(std::string_view name, std::int64_t value) {
  key(name);
  writer_.Int64(value);
}

void AdminWriter::number(std::string_view name, std::optional<std::int64_t> value) {
  if (value) {
    number(name, *value);
  } else {
    null(name);
  }
}

void AdminWriter::flag(std::string_view name, bool value) {
  key(name);
  writer_.Bool(value);
}

void AdminWriter::time(std::string_view name, TimeMs value) { text(name, format_time(value)); }

void AdminWriter::time(std::string_view name, std::optional<TimeMs> value) {
  if (value) {
    time(name, *value);
  } else {
    null(name);
  }
}

// Clamped first, because it is a stranger's number.
void AdminWriter::seconds(std::string_view name, std::optional<std::int64_t> value) {
  if (!value || *value == 0) {
    null(name);
  } else {
    time(name, std::clamp<std::int64_t>(*value, 0, kMaxTimeMs / kSecondMs) * kSecondMs);
  }
}

void AdminWriter::share(std::string_view name, std::int64_t part, std::int64_t whole) {
  if (whole <= 0) {
    null(name);
    return;
  }
  key(name);
  writer_.Double(std::round(static_cast<double>(part) / static_cast<double>(whole) * 10000) / 10000);
}

void AdminWriter::null(std::string_view name) {
  key(name);
  writer_.Null();
}

void AdminWriter::begin_object(std::string_view name) {
  key(name);
  writer_.StartObject();
}

void AdminWriter::begin_list(std::string_view name) {
  key(name);
  writer_.StartArray();
}

void AdminWriter::item(std::string_view text) { value(text); }

void AdminWriter::end_object() { writer_.EndObject(); }

std::string AdminWriter::finish() {
  writer_.EndObject();
  return {buffer_.GetString(), buffer_.GetSize()};
}

}  // namespace headroom::http
