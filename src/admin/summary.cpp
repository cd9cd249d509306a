#include "admin/summary.h"

#include <algorithm>

#include "admin/policy.h"
#include "headroom/names.h"
#include "headroom/selection.h"
#include "text/json_object.h"

namespace headroom::admin {
namespace {

constexpr int kRunStates = static_cast<int>(RunState::kExpired) + 1;

std::optional<std::int64_t> removals_left(const RemovalUsage& usage, std::int64_t limit) {
  if (limit == 0) return std::nullopt;
  return std::max<std::int64_t>(0, limit - usage.sent - usage.reserved);
}

// How many of those that a policy removed came back by themselves: the honest measure of wrong removals.
void write_rejoins(JsonObject& writer, const PolicyOutcome& outcome) {
  writer.begin_item();
  writer.begin_object("policy");
  write_policy(writer, outcome.policy);
  writer.end_object();
  writer.number("removed", outcome.removed);
  writer.number("rejoined", outcome.rejoined);
  writer.share("share", outcome.rejoined, outcome.removed);
  writer.end_object();
}

void write_chat(JsonObject& writer, const ChatStatus& chat) {
  writer.begin_object("chat");
  if (chat.reachable) {
    writer.flag("reachable", *chat.reachable);
  } else {
    writer.null("reachable");
  }
  writer.time("last_success_at", chat.last_success_at);
  writer.text_or_null("error", chat.error);
  writer.end_object();
}

void write_refusal(JsonObject& writer, const std::optional<WebhookRefusal>& refusal) {
  if (!refusal) return writer.null("last_refusal");
  writer.begin_object("last_refusal");
  writer.time("at", refusal->at);
  writer.text("reason", refusal->reason);
  writer.text("peer", refusal->peer);
  writer.end_object();
}

// Reasons of which there is none stand there as well: who draws them need not know the words.
void write_blocked(JsonObject& writer, const std::map<BlockReason, std::int64_t>& blocked) {
  writer.begin_object("blocked");
  for (int i = 1; i <= static_cast<int>(kLastBlockReason); ++i) {
    const auto found = blocked.find(static_cast<BlockReason>(i));
    writer.number(name_of(static_cast<BlockReason>(i)), found == blocked.end() ? 0 : found->second);
  }
  writer.end_object();
}

}  // namespace

SummaryCounts Summary::counts(ReadView& view, DurationMs stale_after, const Clock& clock) {
  const SteadyMs at = clock.steady_now();
  const bool young = newest_ && !changed_ && at - newest_->read_at < kSummaryAge;
  if (!young) {
    const TimeMs now = clock.now();
    newest_ = SummaryCounts{view.counts(now, now - stale_after), view.removal_usage(now - kLimitDayMs, std::nullopt),
                            view.raise_usage(now - kLimitDayMs), at};
    changed_ = false;
  }
  return *newest_;
}

std::string summary_json(const SummaryCounts& numbers, const DaemonStatus& status, std::string_view version) {
  const Counts& counts = numbers.counts;
  JsonObject writer;
  writer.text("mode", name_of(status.mode));
  writer.flag("paused", status.paused);
  writer.text_or_null("paused_reason", status.paused ? status.paused_reason : "");
  writer.begin_object("groups");
  for (int i = 0; i < kGroupStates; ++i) {
    writer.number(name_of(static_cast<GroupState>(i)), counts.groups[static_cast<std::size_t>(i)]);
  }
  writer.end_object();
  writer.number("stale_full", counts.stale_full);
  writer.number("due", counts.due);
  writer.number("events_last_hour", counts.events_last_hour);
  writer.number("events_last_day", counts.events_last_day);
  writer.begin_object("runs_last_day");
  for (int i = 0; i < kRunStates; ++i) {
    const auto found = counts.runs_last_day.find(static_cast<RunState>(i));
    writer.number(name_of(static_cast<RunState>(i)), found == counts.runs_last_day.end() ? 0 : found->second);
  }
  writer.end_object();
  writer.number("removals_last_day", counts.removals_last_day);
  writer.number("removals_left", removals_left(numbers.usage, status.max_removals_per_day));
  writer.begin_list("rejoins");
  for (const PolicyOutcome& outcome : counts.policies) write_rejoins(writer, outcome);
  writer.end_list();
  writer.text("version", version);
  writer.text_or_null("paused_hint", status.paused ? status.paused_hint : "");
  writer.time("retry_at", status.paused ? status.retry_at : std::nullopt);
  write_chat(writer, status.chat);
  writer.time("last_webhook_at", status.last_webhook_at);
  write_refusal(writer, status.last_refusal);
  write_blocked(writer, counts.blocked);
  writer.time("oldest_full_since", counts.oldest_full_since);
  writer.number("runs_awaiting_approval", counts.runs_awaiting_approval);
  writer.flag("open", status.open);
  writer.time("next_open_at", status.open ? std::nullopt : status.next_open_at);
  writer.text("capacity_mode", name_of(status.capacity.mode));
  writer.number("raises_last_day", numbers.raises.sent);
  writer.number("raises_left", removals_left(numbers.raises, status.capacity.max_raises_per_day));
  writer.number("groups_at_ceiling", counts.at_ceiling);
  return writer.finish();
}

}  // namespace headroom::admin
