#include "ctl/run_view.h"

#include <algorithm>

#include "ctl/details.h"
#include "ctl/exit.h"
#include "ctl/list.h"
#include "ctl/views.h"
#include "http/uri.h"

namespace headroom::ctl {
namespace {

std::string policy_text(const Json& policy) {
  std::string text = "inactive_for " + text_of(policy, "inactive_for");
  return text + ", newcomer_grace " + text_of(policy, "newcomer_grace");
}

std::string kept_text(const Json& kept) {
  std::string text;
  for (const auto& reason : kept.GetObject()) {
    const std::string name = reason.name.GetString();
    text += (text.empty() ? "" : ", ") + number_text(kept, name.c_str()) + " " + name;
  }
  return text;
}

std::string limit_text(const std::string& limit) {
  if (limit.empty()) return "";
  if (limit == "run") return "policy.max_removals_per_run";
  if (limit == "share") return "policy.max_removed_share";
  if (limit == "day") return "policy.max_removals_per_day";
  return limit == "group_day" ? "policy.max_removals_per_group_day" : limit;
}

void print_run(Session& session, const Json& run) {
  const auto after = number_text(run, "members_after");
  Details details;
  details.add("run", number_text(run, "id"));
  details.add("group", text_of(run, "group_id"));
  details.add("mode", text_of(run, "mode") + ", by the " + text_of(run, "trigger"));
  details.add("state", text_of(run, "state"));
  details.add("reason", text_of(run, "reason"));
  details.add("waits for", text_of(run, "waits_for"));
  details.add("created", moment_and_age(session, time_of(run, "created_at")));
  details.add("started", moment_and_age(session, time_of(run, "started_at")));
  details.add("confirmed", moment_and_age(session, time_of(run, "confirmed_at")));
  details.add("finished", moment_and_age(session, time_of(run, "finished_at")));
  details.add("members",
              share_of(run, "members_before", "max_members") + (after.empty() ? after : ", " + after + " afterwards"));
  details.add("wanted", number_text(run, "wanted"));
  const Json& raise = object_of(run, "raise");
  const bool raises = text_of(run, "mode") == "raise";
  if (!raise.ObjectEmpty())
    details.add("limit", "from " + number_text(raise, "from") + " to " + number_text(raise, "to"));
  if (!raises)
    details.add("considered", number_text(run, "considered") + ", removable " + number_text(run, "eligible") +
                                  ", selected " + number_text(run, "selected"));
  if (!raises) details.add("removed", number_text(run, "removed"));
  details.add("restored", number_of(run, "restored").value_or(0) > 0 ? number_text(run, "restored") : "");
  details.add("cut by", raises && text_of(run, "limited_by") == "day" ? "capacity.max_raises_per_day"
                                                                      : limit_text(text_of(run, "limited_by")));
  details.add("kept", kept_text(object_of(run, "kept")));
  details.add("policy", policy_text(object_of(run, "policy")));
  details.print(session);
}

}  // namespace

std::string waiting_sentence(const Json& run) {
  const std::string why = text_of(run, "waits_for");
  const std::string first_share = text_of(object_of(run, "policy"), "first_share");
  const auto waiting = number_of(object_of(run, "kept"), "second_look").value_or(0);
  const std::string share = std::to_string(number_of(run, "eligible").value_or(0) + waiting) + " of " +
                            number_text(run, "considered") + " could go";
  if (why == "mode") return "It waits because it was planned in mode approve.";
  if (why == "first_share") {
    return "It waits because in the first listing of the group " + share + ", more than policy.first_share" +
           (first_share.empty() ? "" : " (" + first_share + ")") + ".";
  }
  if (why == "jump") return "It waits because " + share + ", far more than in the listing before: find out why first.";
  return why.empty() ? "" : "It waits because of " + why + ".";
}

std::string reason_of(const Json& run) {
  const std::string reason = text_of(run, "reason");
  return reason.empty() ? text_of(run, "waits_for") : reason;
}

std::string run_path(const std::string& id) { return "/api/v1/runs/" + http::encode_text(id); }

std::string silence_of(const Session& session, const Json& member) {
  return session.since(std::max(time_of(member, "last_sent_at"), time_of(member, "joined_at")));
}

std::vector<Column> member_columns() {
  return {{"ACCOUNT", false, true}, {"WHY"}, {"SILENT FOR", true}, {"JOINED"}, {"LAST MESSAGE"}, {"OUTCOME"}};
}

Row member_row(const Session& session, const Json& member) {
  const auto code = number_of(member, "error_code").value_or(0);
  return {text_of(member, "account"),
          text_of(member, "why"),
          silence_of(session, member),
          session.day(time_of(member, "joined_at")),
          session.day(time_of(member, "last_sent_at")),
          text_of(member, "outcome") + (code == 0 ? "" : " " + std::to_string(code))};
}

void print_selected(Session& session, const std::string& run_id) {
  Table table(member_columns(), session.out().columns());
  each_page(session, run_path(run_id) + "/members?decision=remove", std::nullopt, [&](const AnswerPage& page) {
    std::vector<Row> rows;
    for (const Json& member : page.items().GetArray()) rows.push_back(member_row(session, member));
    if (!rows.empty()) session.print(table.part(rows));
    return session.goes_on();
  });
}

int show_run(Session& session) {
  const std::string body = session.client().get(run_path(session.word(0)));
  if (session.json()) {
    session.print_json(body);
    return exit_status::kOk;
  }
  const rapidjson::Document run = parse_object(body);
  print_run(session, run);
  if (const std::string why = waiting_sentence(run); !why.empty()) {
    session.print("\n");
    session.say(why);
  }
  if (number_of(run, "selected").value_or(0) > 0) {
    session.print("\n");
    print_selected(session, session.word(0));
  }
  return exit_status::kOk;
}

}  // namespace headroom::ctl
