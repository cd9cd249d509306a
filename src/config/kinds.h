#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/calendar_text.h"
#include "config/ceiling_hint.h"
#include "config/config.h"
#include "config/nearest.h"

// How a kind of value is read from text, checked against its range and written again. `field` gives the place of the
// value in a Config, const or not.
namespace headroom::config_kind {

struct Kind {
  std::function<bool(Config&, std::string_view)> assign;
  std::function<std::string(const Config&)> show;
  // What helps whoever wrote a value that is not allowed; empty: nothing but the range.
  std::function<std::string(std::string_view)> hint = [](std::string_view) { return std::string(); };
};

inline std::string duration_hint(std::string_view text) {
  if (parse_count(text)) return "a duration needs a unit: " + std::string(text) + "s";
  if (parse_duration(text)) return {};
  return "a duration is a whole number and its unit: 500ms 30s 10m 2h 7d";
}

inline std::string size_hint(std::string_view text) {
  return parse_size(text) ? "" : "a size is a whole number of bytes, or one with its unit: 64KiB 1MiB";
}

inline std::string percent_hint(std::string_view text) {
  return parse_count(text) ? "a share needs its percent sign: " + std::string(text) + "%" : "";
}

inline std::string address_hint(std::string_view text) {
  return parse_count(text) ? "an address has a host, too: 127.0.0.1:" + std::string(text) : "";
}

inline std::string base_url_hint(std::string_view value) {
  const auto scheme = value.find("://");
  const auto slash = scheme == std::string_view::npos ? scheme : value.find('/', scheme + 3);
  if (slash == std::string_view::npos || value.find_first_not_of('/', slash) == std::string_view::npos) return {};
  const bool host_is_fine = parse_base_url(value.substr(0, slash)).has_value();
  return host_is_fine ? "it has no path, headroomd adds that of each call: " + std::string(value.substr(0, slash)) : "";
}

inline std::string globs_hint(std::string_view) {
  return "up to " + std::to_string(Globs::kMost) + " patterns of up to " + std::to_string(Globs::kLongest) +
         " bytes, none of them empty, no backslash at the end of one";
}

// A kind that says more about what it refuses.
inline Kind with_hint(Kind kind, std::string (*hint)(std::string_view)) {
  kind.hint = hint;
  return kind;
}

template <typename Field, typename Parse, typename Write>
Kind kind(Field field, Parse parse, Write write) {
  return {[field, parse](Config& config, std::string_view text) {
            auto value = parse(text);
            if (value) field(config) = std::move(*value);
            return value.has_value();
          },
          [field, write](const Config& config) { return write(field(config)); }};
}

template <typename Field>
Kind text(Field field, bool (*valid)(std::string_view)) {
  return kind(
      field,
      [valid](std::string_view value) {
        return valid(value) ? std::optional<std::string>(std::string(value)) : std::nullopt;
      },
      [](const std::string& value) { return value; });
}

template <typename Field>
Kind integer(Field field, std::int64_t least, std::int64_t most) {
  using Number = std::decay_t<decltype(field(std::declval<Config&>()))>;
  return kind(
      field,
      [=](std::string_view value) -> std::optional<Number> {
        const auto number = parse_count(value);
        if (!number || *number < least || *number > most) return std::nullopt;
        return static_cast<Number>(*number);
      },
      [](Number value) { return std::to_string(value); });
}

template <typename Field>
Kind duration(Field field, DurationMs least, DurationMs most) {
  return with_hint(kind(
                       field,
                       [=](std::string_view value) {
                         auto length = parse_duration(value);
                         return length && *length >= least && *length <= most ? length : std::nullopt;
                       },
                       format_duration),
                   duration_hint);
}

template <typename Field>
Kind size(Field field, std::int64_t least, std::int64_t most) {
  return with_hint(kind(
                       field,
                       [=](std::string_view value) {
                         auto bytes = parse_size(value);
                         return bytes && *bytes >= least && *bytes <= most ? bytes : std::nullopt;
                       },
                       format_size),
                   size_hint);
}

template <typename Field>
Kind flag(Field field) {
  return kind(field, parse_bool, [](bool value) { return std::string(value ? "true" : "false"); });
}

template <typename Field>
Kind address(Field field) {
  return with_hint(kind(field, parse_host_port, format_host_port), address_hint);
}

template <typename Field>
Kind cidrs(Field field) {
  return kind(field, parse_cidrs, [](const std::vector<std::string>& values) {
    std::string all;
    for (const auto& value : values) all += (all.empty() ? "" : ", ") + value;
    return all;
  });
}

template <typename Field>
Kind globs(Field field) {
  return with_hint(kind(field, Globs::parse, [](const Globs& globs) { return globs.text(); }), globs_hint);
}

template <typename Field>
Kind group_types(Field field) {
  return kind(field, GroupTypes::parse, [](const GroupTypes& types) { return types.text(); });
}

// A value that is shown as it was written.
template <typename Field, typename Value>
Kind written(Field field, CalendarText<Value> (*parse)(std::string_view)) {
  Kind made = kind(
      field,
      [parse](std::string_view text) -> std::optional<Written<Value>> {
        auto parsed = parse(text);
        if (!parsed.value) return std::nullopt;
        return Written<Value>{std::string(text), std::move(*parsed.value)};
      },
      [](const Written<Value>& value) { return value.text; });
  made.hint = [parse](std::string_view text) { return parse(text).error; };
  return made;
}

template <typename Field>
Kind ceilings(Field field) {
  return with_hint(kind(field, Ceilings::parse, [](const Ceilings& value) { return value.text(); }), ceiling_hint);
}

template <typename Field>
Kind default_limits(Field field) {
  return kind(field, DefaultLimits::parse, [](const DefaultLimits& value) { return value.text(); });
}

inline std::string write_share(const Share& share) {
  return share.kind == Share::Kind::kCount ? std::to_string(share.value) : format_percent(share.value);
}

// Above 0 %.
inline std::optional<Share> read_percent(std::string_view text) {
  const auto millionths = parse_percent(text);
  if (!millionths || *millionths == 0) return std::nullopt;
  return Share{Share::Kind::kPartsPerMillion, *millionths};
}

template <typename Field>
Kind percent(Field field) {
  return with_hint(kind(field, read_percent, write_share), percent_hint);
}

template <typename Field>
Kind percent_or_count(Field field, std::int64_t most) {
  return kind(
      field,
      [most](std::string_view value) -> std::optional<Share> {
        if (value.ends_with('%')) return read_percent(value);
        const auto count = parse_count(value);
        return count && *count >= 1 && *count <= most ? std::optional(Share::count(*count)) : std::nullopt;
      },
      write_share);
}

template <typename Value>
using Words = std::vector<std::pair<std::string_view, Value>>;

// One of some words.
template <typename Field, typename Value>
Kind word(Field field, Words<Value> words) {
  Kind made = kind(
      field,
      [words](std::string_view text) -> std::optional<Value> {
        for (const auto& [name, value] : words) {
          if (name == text) return value;
        }
        return std::nullopt;
      },
      [words](const Value& value) {
        const auto found =
            std::find_if(words.begin(), words.end(), [&](const auto& row) { return row.second == value; });
        return found == words.end() ? std::string() : std::string(found->first);
      });
  made.hint = [words](std::string_view text) {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : words) names.push_back(name);
    const std::string nearest = nearest_word(text, names);
    return nearest.empty() ? std::string() : "did you mean " + nearest + "?";
  };
  return made;
}

}  // namespace headroom::config_kind
