#include "ctl/visible.h"

#include <wchar.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "text/utf8.h"

namespace headroom::ctl {
namespace {

constexpr std::string_view kEllipsis = "…";

bool is_between(char32_t point, char32_t first, char32_t last) { return point >= first && point <= last; }

// What moves the cursor, changes the order in which others see the line, or is not seen at all.
bool is_unsafe(char32_t point) {
  return is_control(point) || point == 0x061c || is_between(point, 0x200e, 0x200f) ||
         is_between(point, 0x2028, 0x202e) || is_between(point, 0x2066, 0x206f) || point == 0xfeff ||
         is_between(point, 0xfff9, 0xfffb) || is_between(point, 0xe0000, 0xe007f);
}

void add_hex(std::string& out, const char* format, unsigned number) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), format, number);
  out += text.data();
}

void add_escape(std::string& out, char32_t point) {
  const auto number = static_cast<unsigned>(point);
  add_hex(out, point < 0x80 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x", number);
}

void add_json_escape(std::string& out, char32_t point) {
  if (point < 0x10000) return add_hex(out, "\\u%04x", static_cast<unsigned>(point));
  add_hex(out, "\\u%04x", 0xd800U + ((static_cast<unsigned>(point) - 0x10000U) >> 10));
  add_hex(out, "\\u%04x", 0xdc00U + ((static_cast<unsigned>(point) - 0x10000U) & 0x3ffU));
}

// Calls `character(Utf8Character, its bytes)` for each; what is none has the length 0 and one byte.
template <typename Call>
void each_character(std::string_view text, Call call) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character character = character_at(text, at);
    const std::size_t length = std::max<std::size_t>(character.length, 1);
    if (!call(character, text.substr(at, length))) return;
    at += length;
  }
}

std::size_t width_of(const Utf8Character& character) {
  const int width = ::wcwidth(static_cast<wchar_t>(character.point));
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  each_character(text, [&](const Utf8Character& character, std::string_view bytes) {
    if (character.length == 0) {
      add_hex(out, "\\x%02x", static_cast<unsigned char>(bytes.front()));
    } else if (is_unsafe(character.point)) {
      add_escape(out, character.point);
    } else {
      out += bytes;
    }
    return true;
  });
  return out;
}

std::string visible_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  each_character(json, [&](const Utf8Character& character, std::string_view bytes) {
    if (character.length > 0 && is_unsafe(character.point)) {
      add_json_escape(out, character.point);
    } else {
      out += bytes;
    }
    return true;
  });
  return out;
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  each_character(text, [&](const Utf8Character& character, std::string_view) {
    width += width_of(character);
    return true;
  });
  return width;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (text.size() <= columns || width_of(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::string out;
  std::size_t left = columns - 1;
  each_character(text, [&](const Utf8Character& character, std::string_view bytes) {
    const std::size_t width = width_of(character);
    if (width > left) return false;
    left -= width;
    out += bytes;
    return true;
  });
  return out.append(kEllipsis);
}

namespace {

// How many bytes of the text stand in one line.
std::size_t bytes_within(std::string_view text, std::size_t columns) {
  std::size_t end = 0, left = columns;
  each_character(text, [&](const Utf8Character& character, std::string_view bytes) {
    const std::size_t width = width_of(character);
    if (width > left && end > 0) return false;
    left -= std::min(left, width);
    end += bytes.size();
    return true;
  });
  return end;
}

}  // namespace

std::vector<std::string> lines_within(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  while (width_of(text) > columns) {
    std::size_t end = bytes_within(text, columns);
    if (end >= text.size()) break;
    const std::size_t space = text.rfind(' ', end);
    if (space != std::string_view::npos && space > 0) end = space;
    const std::string_view line = text.substr(0, end);
    lines.emplace_back(line.substr(0, line.find_last_not_of(' ') + 1));
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

}  // namespace headroom::ctl
