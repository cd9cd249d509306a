#include "admin/json.h"

#include "admin/policy.h"
#include "headroom/names.h"
#include "text/json_object.h"
#include "text/time_text.h"

namespace headroom::admin {
namespace {

std::string date_of(Day day) { return format_time(day * kDayMs).substr(0, std::string_view("2026-01-31").size()); }

void write_plan(JsonObject& writer, const Run& run) {
  writer.number("members_before", run.members_before);
  writer.number("max_members", run.max_members);
  writer.number("members_after", run.members_after);
  writer.number("wanted", run.wanted);
  writer.number("considered", run.considered);
  writer.number("eligible", run.eligible);
  writer.number("selected", run.selected);
  writer.text_or_null("limited_by", name_of(run.limited_by));
  writer.number("removed", run.removed);
  writer.number("restored", run.restored);
  writer.begin_object("kept");
  for (const auto& [why, members] : run.kept) writer.number(name_of(why), members);
  writer.end_object();
  writer.flag("kept_stored", run.kept_stored);
}

// All null in runs that listed nobody, and in those of earlier versions.
void write_evidence(JsonObject& writer, const std::optional<ListingEvidence>& evidence) {
  writer.number("next_msg_seq", evidence ? evidence->next_msg_seq : std::nullopt);
  writer.seconds("last_msg_at", evidence ? evidence->last_msg_at_s : std::nullopt);
  if (!evidence) {
    for (const char* name : {"mute_all", "silent", "histogram"}) writer.text_or_null(name, "");
    return;
  }
  writer.flag("mute_all", evidence->mute_all);
  writer.flag("silent", evidence->silent);
  writer.begin_object("histogram");
  for (const auto& [role, days] : evidence->histogram) {
    writer.begin_object(name_of(role));
    for (const auto& [least, members] : days) {
      writer.number(least == kHistogramUnknown ? "unknown" : std::to_string(least), members);
    }
    writer.end_object();
  }
  writer.end_object();
}

// Of those that set a limit; of the way back, its own run says more.
void write_raise(JsonObject& writer, const Run& run) {
  if (run.mode != RunMode::kRaise || !run.raise) return writer.null("raise");
  writer.begin_object("raise");
  writer.number("from", run.raise->from);
  writer.number("to", run.raise->to);
  writer.end_object();
}

}  // namespace

std::string group_json(const Group& group, bool exempt, const LimitOutlook& limit) {
  JsonObject writer;
  writer.text("group_id", group.group_id);
  writer.text("state", name_of(group.state));
  writer.text_or_null("reason", name_of(group.reason));
  writer.time("full_since", group.full_since);
  writer.time("last_full_at", group.last_full_at);
  writer.number("full_events", group.full_events);
  writer.text_or_null("type", group.type);
  writer.text_or_null("name", group.name);
  writer.number("member_count", group.member_count);
  writer.number("max_member_count", group.max_member_count);
  writer.time("observed_at", group.observed_at);
  writer.time("next_check_at", group.next_check_at);
  writer.number("last_run_id", group.last_run_id);
  writer.flag("exempt", exempt);
  writer.time("seen_room_at", group.seen_room_at);
  writer.flag("silent", group.silent);
  writer.number("learned_ceiling", limit.learned_ceiling);
  if (limit.raise_to) {
    writer.begin_object("suggestion");
    writer.number("raise_to", *limit.raise_to);
    writer.end_object();
  } else {
    writer.null("suggestion");
  }
  return writer.finish();
}

std::string event_json(const Event& event) {
  JsonObject writer;
  writer.number("id", event.id);
  writer.text("group_id", event.group_id);
  writer.text("source", name_of(event.source));
  writer.time("event_time", event.event_time.value_or(event.received_at));
  writer.time("received_at", event.received_at);
  writer.text_or_null("client_ip", event.client_ip);
  writer.text_or_null("platform", event.platform);
  writer.text_or_null("topic_id", event.topic_id.value_or(""));
  return writer.finish();
}

std::string run_json(const Run& run) {
  JsonObject writer;
  writer.number("id", run.id);
  writer.text("group_id", run.group_id);
  writer.text("trigger", name_of(run.trigger));
  writer.text("mode", name_of(run.mode));
  writer.text("state", name_of(run.state));
  writer.text_or_null("reason", name_of(run.reason));
  writer.text_or_null("waits_for", name_of(run.waits_for));
  writer.time("created_at", run.created_at);
  writer.time("started_at", run.started_at);
  writer.time("finished_at", run.finished_at);
  writer.time("confirmed_at", run.confirmed_at);
  write_plan(writer, run);
  writer.begin_object("policy");
  write_policy(writer, run.policy);
  writer.end_object();
  write_evidence(writer, run.evidence);
  writer.flag("forced", run.forced);
  write_raise(writer, run);
  return writer.finish();
}

std::string member_json(const RunMember& member) {
  JsonObject writer;
  writer.text("account", member.account);
  writer.text("decision", name_of(member.decision));
  writer.text("why", name_of(member.why));
  writer.seconds("joined_at", member.joined_at_s);
  writer.seconds("last_sent_at", member.last_sent_at_s);
  writer.text_or_null("outcome", name_of(member.outcome));
  writer.number("error_code", member.error_code);
  const MemberEvidence& evidence = member.evidence;
  writer.text_or_null("role", evidence.role == Role::kAbsent ? "" : name_of(evidence.role));
  writer.number("unread", evidence.unread);
  writer.text_or_null("presence", evidence.presence ? name_of(*evidence.presence) : "");
  writer.flag("muted", evidence.muted);
  writer.time("first_seen_at", evidence.first_seen_at);
  writer.time("seen_again_at", evidence.seen_again_at);
  return writer.finish();
}

std::string removal_json(const PastRemoval& removal) {
  JsonObject writer;
  writer.number("id", removal.id);
  writer.text("group_id", removal.group_id);
  writer.text("account", removal.account);
  writer.number("run_id", removal.run_id);
  writer.time("removed_at", removal.removed_at);
  writer.time("restored_at", removal.restored_at);
  writer.time("rejoined_at", removal.rejoined_at);
  return writer.finish();
}

std::string filling_json(const Growth& growth) {
  const Forecast forecast = growth.forecast.value_or(Forecast{});
  JsonObject writer;
  writer.number("id", growth.id);
  writer.text("group_id", growth.group_id);
  writer.text_or_null("type", growth.type);
  writer.text_or_null("name", growth.name);
  writer.number("member_count", growth.points.back().members);
  writer.number("max_member_count", growth.points.back().limit);
  writer.time("observed_at", growth.seen_at);
  writer.number("points", static_cast<std::int64_t>(growth.points.size()));
  writer.number("members_per_week", forecast.members_per_week);
  writer.text("full_on", date_of(forecast.full_on));
  writer.begin_object("spread");
  writer.text("soonest", date_of(forecast.soonest));
  writer.text_or_null("latest", forecast.latest ? date_of(*forecast.latest) : "");
  writer.end_object();
  return writer.finish();
}

std::string audit_json(const AuditEntry& entry) {
  JsonObject writer;
  writer.number("id", entry.id);
  writer.time("at", entry.at);
  writer.text("token", entry.actor.token);
  writer.text("role", name_of(entry.actor.role));
  writer.text("peer", entry.actor.peer);
  writer.text("action", name_of(entry.action));
  writer.text("target", entry.target);
  writer.text_or_null("reason", entry.actor.reason);
  return writer.finish();
}

std::string sweep_json(const Sweep& sweep) {
  JsonObject writer;
  writer.number("id", sweep.id);
  writer.text("state", name_of(sweep.state));
  writer.flag("dry_run", sweep.dry_run);
  writer.number("groups_listed", sweep.groups_listed);
  writer.number("groups_read", sweep.groups_read);
  writer.number("groups_full", sweep.groups_full);
  writer.number("groups_new", sweep.groups_new);
  writer.time("started_at", sweep.started_at);
  writer.time("finished_at", sweep.finished_at);
  return writer.finish();
}

std::string exemption_json(const Exemption& exemption) {
  JsonObject writer;
  writer.text("kind", name_of(exemption.kind));
  writer.text("id", exemption.subject);
  writer.text_or_null("reason", exemption.reason);
  writer.time("created_at", exemption.created_at);
  writer.time("expires_at", exemption.expires_at);
  return writer.finish();
}

std::string list_json(const std::vector<std::string>& items, const std::optional<std::string>& next_cursor) {
  std::string json = "{\"items\":[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) json += ',';
    json += items[i];
  }
  // A cursor is URL-safe: there is nothing in it to escape.
  json += next_cursor ? "],\"next_cursor\":\"" + *next_cursor + "\"}" : "],\"next_cursor\":null}";
  return json;
}

}  // namespace headroom::admin
