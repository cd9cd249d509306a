#include "admin/policy.h"

#include <string_view>

#include "text/units.h"

namespace headroom::admin {
namespace {

void write_share(JsonObject& writer, std::string_view name, const Share& share) {
  if (share.kind == Share::Kind::kCount) {
    writer.number(name, share.value);
  } else {
    writer.text(name, format_percent(share.value));
  }
}

}  // namespace

void write_policy(JsonObject& writer, const Policy& policy) {
  writer.text("inactive_for", format_duration(policy.inactive_for));
  writer.text("newcomer_grace", format_duration(policy.newcomer_grace));
  write_share(writer, "target_headroom", policy.target_headroom);
  writer.number("max_removals_per_run", policy.max_removals_per_run);
  writer.number("max_removals_per_day", policy.max_removals_per_day);
  writer.number("max_removals_per_group_day", policy.max_removals_per_group_day);
  write_share(writer, "max_removed_share", policy.max_removed_share);
  writer.number("min_capacity", policy.min_capacity);
  writer.text("second_look", format_duration(policy.second_look));
  write_share(writer, "first_share", policy.first_share);
  writer.text("only_groups", policy.scope.only_groups.text());
  writer.text("except_groups", policy.scope.except_groups.text());
  writer.text("types", policy.scope.types.text());
  writer.text("protect_accounts", policy.protect_accounts.text());
  writer.flag("protect_online", policy.protect_online);
  writer.number("reader_backlog", policy.reader_backlog);
  writer.flag("silence", policy.silence);
  writer.text("reason", policy.reason);
}

}  // namespace headroom::admin
