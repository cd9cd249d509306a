#include "admin/policy.h"

#include <array>
#include <string_view>
#include <utility>

namespace headroom::http {
namespace {

void write_share(AdminWriter& writer, std::string_view name, const Share& share) {
  if (share.kind == Share::Kind::kCount) {
    writer.number(name, share.value);
  } else {
    writer.text(name, percent_text(share.value));
  }
}

}  // namespace

void write_policy(AdminWriter& writer, const Policy& policy) {
  writer.text("inactive_for", duration_text(policy.inactive_for));
  writer.text("newcomer_grace", duration_text(policy.newcomer_grace));
  write_share(writer, "target_headroom", policy.target_headroom);
  writer.number("max_removals_per_run", policy.max_removals_per_run);
  writer.number("max_removals_per_day", policy.max_removals_per_day);
  writer.number("max_removals_per_group_day", policy.max_removals_per_group_day);
  write_share(writer, "max_removed_share", policy.max_removed_share);
  writer.number("min_capacity", policy.min_capacity);
  writer.flag("protect_online", policy.protect_online);
  writer.number("reader_backlog", policy.reader_backlog);
  writer.flag("silence", policy.silence);
  writer.text("reason", policy.reason);
}

std::string duration_text(DurationMs duration) {
  constexpr std::array<std::pair<DurationMs, const char*>, 4> kUnits{
      {{kDayMs, "d"}, {kHourMs, "h"}, {kMinuteMs, "m"}, {kSecondMs, "s"}}};
  if (duration == 0) return "0";
  for (const auto& [unit, name] : kUnits) {
    if (duration % unit == 0) return std::to_string(duration / unit) + name;
  }
  return std::to_string(duration) + "ms";
}

std::string percent_text(std::int64_t parts_per_million) {
  constexpr std::int64_t kPartsPerPercent = 10000;
  std::string text = std::to_string(parts_per_million / kPartsPerPercent);
  if (const std::int64_t rest = parts_per_million % kPartsPerPercent; rest > 0) {
    const std::string digits = std::to_string(kPartsPerPercent + rest).substr(1);
    text += "." + digits.substr(0, digits.find_last_not_of('0') + 1);
  }
  return text + "%";
}

}  // namespace headroom::http
