#include "ctl/details.h"
#include "ctl/exit.h"
#include "ctl/list.h"
#include "ctl/run_view.h"
#include "ctl/views.h"
#include "ctl/wait.h"
#include "http/uri.h"

namespace headroom::ctl {
namespace {

std::string obstacles_of(const Json& member) {
  std::string text;
  for (const Json& obstacle : list_of(member, "obstacles").GetArray()) {
    if (obstacle.IsString())
      text += (text.empty() ? "" : ", ") + std::string(obstacle.GetString(), obstacle.GetStringLength());
  }
  return text;
}

void print_member(Session& session, const Json& member) {
  const bool removable = flag_of(member, "removable").value_or(false);
  const std::string why = text_of(member, "why");
  const std::string obstacles = obstacles_of(member);
  // No rule keeps them: then what stands against a run is why they stay.
  const bool held_up = !removable && why == "inactive" && !obstacles.empty();
  session.say(
      text_of(member, "account") +
      (held_up ? " could be removed, but: " + obstacles : (removable ? " may be removed now: " : " stays: ") + why) +
      ".");
  Details details;
  details.add("group", text_of(member, "group_id"));
  details.add("members", share_of(object_of(member, "group"), "member_count", "max_member_count"));
  details.add("role", text_of(member, "role"));
  details.add("joined", moment_and_age(session, time_of(member, "joined_at")));
  details.add("last message", moment_and_age(session, time_of(member, "last_sent_at")));
  const auto reader_until = time_of(member, "reader_until");
  details.add("seen reading", moment_and_age(session, time_of(member, "seen_reading_at")) +
                                  (reader_until ? ", protects until " + session.moment(reader_until) : ""));
  details.add("presence", text_of(member, "presence"));
  details.add("removable from", session.moment(time_of(member, "removable_from")));
  details.add("against a run", obstacles);
  details.add("mode", text_of(member, "mode"));
  details.print(session);
}

// What state a group is in, by what it last came to, and whom it waits for.
int show_why_of_group(Session& session) {
  const std::string body = session.client().get("/api/v1/groups/" + http::encode_text(session.word(0)));
  if (session.json()) {
    session.print_json(body);
    return exit_status::kOk;
  }
  const rapidjson::Document group = parse_object(body);
  const std::string reason = text_of(group, "reason");
  session.say(name_of_group(group) + " is " + text_of(group, "state") + (reason.empty() ? "" : ": " + reason) + ".");
  if (reason != "exempt" && flag_of(group, "exempt").value_or(false)) session.say("It is exempt.");
  if (const std::string id = number_text(group, "last_run_id"); !id.empty()) {
    const rapidjson::Document run = parse_object(session.client().get(run_path(id)));
    session.say("Its last is " + run_line(run) + ", made " + session.since(time_of(run, "created_at")) + " ago.");
    if (const std::string why = waiting_sentence(run); !why.empty()) session.say(why);
  }
  if (const auto next = time_of(group, "next_check_at"))
    session.say("It is looked at again on " + session.moment(next) + ".");
  return exit_status::kOk;
}

}  // namespace

int show_why(Session& session) {
  if (session.line().words.size() == 1) return show_why_of_group(session);
  const std::string body = session.client().get("/api/v1/groups/" + http::encode_text(session.word(0)) + "/members/" +
                                                http::encode_text(session.word(1)));
  if (session.json()) {
    session.print_json(body);
    return exit_status::kOk;
  }
  const rapidjson::Document member = parse_object(body);
  print_member(session, member);
  std::vector<Row> rows;
  for (const Json& rule : list_of(member, "rules").GetArray()) {
    rows.push_back({text_of(rule, "rule"), text_of(rule, "verdict"), text_of(rule, "detail")});
  }
  Table table({{"RULE"}, {"VERDICT"}, {"BECAUSE", false, false, true}}, session.out().columns());
  session.print("\n" + table.part(rows));
  return exit_status::kOk;
}

}  // namespace headroom::ctl
