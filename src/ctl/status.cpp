#include <algorithm>

#include "ctl/details.h"
#include "ctl/exit.h"
#include "ctl/list.h"
#include "ctl/views.h"
#include "text/units.h"

namespace headroom::ctl {
namespace {

constexpr std::int64_t kCountedPlans = 1000;

std::int64_t waiting_plans(Session& session, const Json& summary) {
  if (const auto now = number_of(summary, "runs_awaiting_approval")) return *now;
  std::int64_t waiting = 0;  // a daemon of before
  each_page(session, "/api/v1/runs?state=awaiting_approval", kCountedPlans, [&](const AnswerPage& page) {
    waiting += static_cast<std::int64_t>(page.texts.size());
    return true;
  });
  return waiting;
}

std::string pause_text(const Json& summary) {
  const std::string hint = text_of(summary, "paused_hint");
  return "The scheduler is paused: " + text_of(summary, "paused_reason") + (hint.empty() ? "" : " (" + hint + ")") +
         ".";
}

// Those that are blocked although they should not be: who is exempt, too small or of a strange type is meant to stay.
std::int64_t blocked_groups(const Json& summary) {
  std::int64_t blocked = number_of(object_of(summary, "groups"), "blocked").value_or(0);
  const Json& reasons = object_of(summary, "blocked");
  for (const char* meant : {"exempt", "unsupported_type", "out_of_scope", "too_small"}) {
    blocked -= number_of(reasons, meant).value_or(0);
  }
  return blocked;
}

// What a person has to decide, or may.
std::string decisions_text(const Json& summary, std::int64_t waiting) {
  if (waiting > 0) return counted(waiting, "plan waits", "plans wait") + " for your word: headroomctl plans";
  const auto planned = number_of(object_of(summary, "runs_last_day"), "planned").value_or(0);
  if (planned == 0) return "Nothing waits for you.";
  return "Nothing waits for you; " + counted(planned, "plan", "plans") +
         " of the last day may be approved: headroomctl plans";
}

// Empty where a daemon of before does not know the path.
std::string answer_of(Session& session, const char* path) {
  try {
    return session.client().get(path);
  } catch (const Failure& failure) {
    if (failure.status() != exit_status::kRefused) throw;
    return {};
  }
}

DurationMs lease_of(const Json& config) {
  constexpr DurationMs kDefault = 30 * kSecondMs;
  for (const Json& key : list_of(config, "items").GetArray()) {
    if (text_of(key, "key") == "scheduler.lease") return parse_duration(text_of(key, "value")).value_or(kDefault);
  }
  return kDefault;
}

// The nodes that the others miss, as doctor has it: unseen for longer than a lease. Who ends takes its row along.
void add_gone_nodes(Session& session, std::vector<std::string>& troubles) {
  const std::string nodes = answer_of(session, "/api/v1/nodes");
  if (nodes.empty()) return;
  const AnswerPage page = parse_page(nodes);
  if (page.items().Size() < 2) return;  // nobody else would miss it
  const DurationMs lease = lease_of(parse_object(answer_of(session, "/api/v1/config")));
  TimeMs newest = 0;
  for (const Json& node : page.items().GetArray()) newest = std::max(newest, time_of(node, "seen_at").value_or(0));
  for (const Json& node : page.items().GetArray()) {
    const auto seen = time_of(node, "seen_at");
    if (!seen || newest - *seen <= lease) continue;
    const std::int64_t spooled = number_of(node, "spool_depth").value_or(0);
    troubles.push_back("Node " + text_of(node, "name") + " is gone, last seen at " + session.moment(seen) + ": " +
                       (spooled > 0 ? counted(spooled, "event is", "events are") + " in its spool."
                                    : "what it took without the database may be in its spool."));
  }
}

// What is not as it should be, each in a sentence; the worst first.
std::vector<std::string> troubles_of(Session& session, const Json& summary) {
  std::vector<std::string> troubles;
  if (flag_of(summary, "paused").value_or(false)) {
    const auto retry = time_of(summary, "retry_at");
    troubles.push_back(pause_text(summary) +
                       (retry ? " The daemon asks again by itself at " + session.moment(retry) + "." : ""));
  }
  const Json& chat = object_of(summary, "chat");
  if (flag_of(chat, "reachable") == false)
    troubles.push_back("Chat can not be reached: " + text_of(chat, "error") + ".");
  const auto left = number_of(summary, "removals_left");
  if (left == 0) troubles.push_back("The removals of the day are used up (policy.max_removals_per_day).");
  if (number_of(summary, "raises_left") == 0 && text_of(summary, "capacity_mode") == "raise") {
    troubles.emplace_back("The raises of the day are used up (capacity.max_raises_per_day).");
  }
  if (const std::int64_t blocked = blocked_groups(summary); blocked > 0) {
    troubles.push_back(counted(blocked, "full group is", "full groups are") +
                       " blocked: headroomctl groups --state blocked");
  }
  add_gone_nodes(session, troubles);
  const Json& refusal = object_of(summary, "last_refusal");
  if (time_of(refusal, "at") > time_of(summary, "last_webhook_at")) {
    troubles.push_back("The last webhook was refused: " + text_of(refusal, "reason") + ".");
  }
  const auto stale = number_of(summary, "stale_full").value_or(0);
  // While the calendar is closed they are meant to wait.
  if (stale > 0 && flag_of(summary, "open").value_or(true)) {
    troubles.push_back(counted(stale, "group has", "groups have") +
                       " been full for too long: headroomctl groups --stale");
  }
  return troubles;
}

// Absent in a daemon of before.
std::string calendar_text(const Session& session, const Json& summary) {
  const auto open = flag_of(summary, "open");
  if (!open) return "";
  if (*open) return "open";
  const auto next = time_of(summary, "next_open_at");
  return next ? "closed until " + session.moment(next) : "closed for more than 400 days";
}

std::string refusal_text(const Session& session, const Json& refusal) {
  if (refusal.ObjectEmpty()) return "none";
  return moment_and_age(session, time_of(refusal, "at")) + ": " + text_of(refusal, "reason") + " (from " +
         text_of(refusal, "peer") + ")";
}

// "3 full, 1 blocked"; those that are none are left out.
std::string numbers_text(const Json& numbers) {
  std::string text;
  for (const auto& number : numbers.GetObject()) {
    const std::string name = number.name.GetString();
    if (number_of(numbers, name.c_str()).value_or(0) == 0) continue;
    text += (text.empty() ? "" : ", ") + number_text(numbers, name.c_str()) + " " + name;
  }
  return text.empty() ? "none" : text;
}

std::string rejoins_text(const Json& summary) {
  const auto found = summary.FindMember("rejoins");
  if (found == summary.MemberEnd() || !found->value.IsArray() || found->value.Empty()) return "";
  const Json& last = found->value[0];
  return number_text(last, "rejoined") + " of the " + number_text(last, "removed") + " that the policy in use removed";
}

// Empty where nothing is ever raised.
std::string raises_text(const Json& summary) {
  const auto raised = number_of(summary, "raises_last_day");
  if (text_of(summary, "capacity_mode") != "raise" && raised.value_or(0) == 0) return "";
  const auto left = number_of(summary, "raises_left");
  return std::to_string(raised.value_or(0)) + " in the last day, " +
         (left ? std::to_string(*left) + " left" : "no limit");
}

void print_numbers(Session& session, const Json& summary) {
  const Json& chat = object_of(summary, "chat");
  const auto left = number_of(summary, "removals_left");
  Details details;
  details.add("mode", text_of(summary, "mode"));
  details.add("calendar", calendar_text(session, summary));
  details.add("groups", numbers_text(object_of(summary, "groups")));
  details.add("blocked", numbers_text(object_of(summary, "blocked")));
  details.add("stale full", number_text(summary, "stale_full"));
  details.add("oldest full", moment_and_age(session, time_of(summary, "oldest_full_since")));
  details.add("due", number_text(summary, "due"));
  details.add("events", number_text(summary, "events_last_hour") + " in the last hour, " +
                            number_text(summary, "events_last_day") + " in the last day");
  details.add("runs of a day", numbers_text(object_of(summary, "runs_last_day")));
  details.add("removals", number_text(summary, "removals_last_day") + " in the last day, " +
                              (left ? std::to_string(*left) + " left" : "no limit"));
  details.add("raises", raises_text(summary));
  details.add("at their ceiling", number_of(summary, "groups_at_ceiling").value_or(0) > 0
                                      ? counted(*number_of(summary, "groups_at_ceiling"), "full group", "full groups")
                                      : "");
  details.add("came back", rejoins_text(summary));
  details.add("last webhook", moment_and_age(session, time_of(summary, "last_webhook_at")));
  details.add("last refusal", refusal_text(session, object_of(summary, "last_refusal")));
  details.add("last answer of Chat", moment_and_age(session, time_of(chat, "last_success_at")));
  details.add("version", text_of(summary, "version"));
  details.print(session);
}

}  // namespace

int show_status(Session& session) {
  const std::string body = session.client().get("/api/v1/summary");
  if (session.json()) {
    session.print_json(body);
    return exit_status::kOk;
  }
  const rapidjson::Document summary = parse_object(body);
  const auto troubles = troubles_of(session, summary);
  const std::int64_t waiting = waiting_plans(session, summary);
  session.say(troubles.empty() ? "All is well." : "Not all is well.");
  for (const std::string& trouble : troubles) session.say("* " + trouble);
  session.say(decisions_text(summary, waiting));
  if (flag_of(summary, "open") == false) {
    session.say("The calendar is " + calendar_text(session, summary) + ": until then nobody is removed.");
  }
  session.print("\n");
  print_numbers(session, summary);
  return exit_status::kOk;
}

}  // namespace headroom::ctl
