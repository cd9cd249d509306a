#include "text/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace headroom {
namespace {

constexpr std::int64_t kPerPercent = 10000;
constexpr std::int64_t kKib = 1024;

std::optional<std::int64_t> times(std::int64_t value, std::int64_t factor) {
  if (value > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
  return value * factor;
}

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// Digits and one of the units, nothing between them.
template <std::size_t N>
std::optional<std::int64_t> parse_with_unit(std::string_view text, const std::array<Unit, N>& units) {
  const auto digits = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  const auto number = parse_count(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (text.substr(digits) == unit.name) return times(*number, unit.factor);
  }
  return std::nullopt;
}

}  // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t start = text.find_first_not_of(kSpace);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t value = 0;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<DurationMs> parse_duration(std::string_view text) {
  if (text == "0") return 0;
  static constexpr std::array<Unit, 5> kUnits{
      {{"ms", 1}, {"s", kSecondMs}, {"m", kMinuteMs}, {"h", kHourMs}, {"d", kDayMs}}};
  return parse_with_unit(text, kUnits);
}

std::optional<std::int64_t> parse_size(std::string_view text) {
  static constexpr std::array<Unit, 4> kUnits{{{"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}}};
  return parse_with_unit(text, kUnits);
}

std::optional<std::int64_t> parse_percent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  const auto point = text.find('.');
  const auto whole = parse_count(text.substr(0, point));
  if (!whole || *whole > 100) return std::nullopt;
  std::int64_t value = *whole * kPerPercent;
  if (point != std::string_view::npos) {
    auto digits = std::string(text.substr(point + 1));
    if (digits.empty() || digits.size() > 4) return std::nullopt;
    digits.resize(4, '0');
    const auto fraction = parse_count(digits);
    if (!fraction) return std::nullopt;
    value += *fraction;
  }
  if (value > 100 * kPerPercent) return std::nullopt;
  return value;
}

std::string format_duration(DurationMs value) {
  if (value == 0) return "0";
  static constexpr std::array<Unit, 4> kUnits{{{"d", kDayMs}, {"h", kHourMs}, {"m", kMinuteMs}, {"s", kSecondMs}}};
  for (const Unit& unit : kUnits) {
    if (value % unit.factor == 0) return std::to_string(value / unit.factor) + std::string(unit.name);
  }
  return std::to_string(value) + "ms";
}

std::string format_size(std::int64_t bytes) {
  if (bytes % (kKib * kKib) == 0) return std::to_string(bytes / (kKib * kKib)) + "MiB";
  return bytes % kKib == 0 ? std::to_string(bytes / kKib) + "KiB" : std::to_string(bytes);
}

std::string format_percent(std::int64_t parts_per_million) {
  std::string text = std::to_string(parts_per_million / kPerPercent);
  if (const std::int64_t rest = parts_per_million % kPerPercent; rest > 0) {
    const std::string digits = std::to_string(kPerPercent + rest).substr(1);
    text += "." + digits.substr(0, digits.find_last_not_of('0') + 1);
  }
  return text + "%";
}

}  // namespace headroom
