#include <set>
#include <string_view>

#include "ctl/details.h"
#include "ctl/exit.h"
#include "ctl/list.h"
#include "ctl/views.h"
#include "http/uri.h"
#include "text/json_object.h"

namespace headroom::ctl {
namespace {

// {"policy":{…},"since":…} of the words KEY=VALUE. Which keys and values there are the daemon knows.
std::string body_of(const Session& session) {
  JsonObject body;
  body.begin_object("policy");
  std::set<std::string> seen;
  for (const std::string& word : session.line().words) {
    const std::size_t equals = word.find('=');
    std::string key = word.substr(0, equals);
    if (key.starts_with("policy.")) key = key.substr(std::string_view("policy.").size());
    if (equals == std::string::npos || key.empty()) {
      throw Failure(exit_status::kUsage, "what-if takes KEY=VALUE, such as inactive_for=60d, not '" + word + "'");
    }
    if (!seen.insert(key).second) throw Failure(exit_status::kUsage, key + " is given twice");
    body.text(key, word.substr(equals + 1));
  }
  body.end_object();
  if (const auto since = moment_option(session, "since", Direction::kBack)) body.text("since", *since);
  if (body.repaired()) throw Failure(exit_status::kUsage, "KEY=VALUE has to be UTF-8");
  return body.finish();
}

void print_names(Session& session, const std::string& title, const Json& names, bool of_group) {
  if (names.Empty()) return;
  std::vector<Row> rows;
  for (const Json& name : names.GetArray()) {
    Row row{text_of(name, "account"), text_of(name, "why_then"), text_of(name, "why")};
    if (!of_group) row.insert(row.begin(), number_text(name, "run"));
    rows.push_back(std::move(row));
  }
  std::vector<Column> columns{{"ACCOUNT", false, true}, {of_group ? "IN FORCE" : "THEN"}, {"OTHER POLICY"}};
  if (!of_group) columns.insert(columns.begin(), Column{"RUN", true});
  Table table(columns, session.out().columns());
  session.print("\n");
  session.say(title);
  session.print(table.part(rows));
}

void say_first(Session& session, const Json& answer, bool of_group) {
  const std::int64_t would = number_of(answer, "would_remove").value_or(0);
  const std::string reason = text_of(answer, "reason");
  if (!of_group) {
    session.say("In " + counted(number_of(answer, "runs").value_or(0), "run", "runs") + " " +
                counted(would, "member", "members") + " would have been selected, where " +
                number_text(answer, "did_remove") + " were.");
  } else if (would == 0 && !reason.empty()) {
    session.say("Nobody would go now: " + reason + ".");
  } else {
    session.say(counted(would, "member", "members") + " would go now.");
  }
}

void print_answer(Session& session, const Json& answer, bool of_group) {
  say_first(session, answer, of_group);
  if (const auto more = number_of(answer, "counted_only").value_or(0); more > 0) {
    session.say("Up to " + std::to_string(more) +
                (of_group ? " more wait for a second look."
                          : " more can only be counted: their rows are not kept any more, or nobody asked then what "
                            "this policy asks."));
  }
  if (const auto back = number_of(answer, "came_back").value_or(0); back > 0) {
    session.say("Of those who would have gone " + std::to_string(back) + " were removed and came back by themselves.");
  }
  print_names(session, of_group ? "Would go:" : "Would have gone, and were not selected:", list_of(answer, "added"),
              of_group);
  print_names(session, "Were selected, and would have stayed:", list_of(answer, "spared"), of_group);
  if (flag_of(answer, "truncated").value_or(false)) session.say("There are more names than these.");
}

}  // namespace

int ask_what_if(Session& session) {
  const auto group = session.line().value("group");
  if (group && session.line().has("since")) {
    throw Failure(exit_status::kUsage, "--since is for stored runs; with --group Chat is asked now");
  }
  const std::string path = group ? "/api/v1/groups/" + http::encode_text(*group) + "/what-if" : "/api/v1/what-if";
  // It changes nothing: the key that goes with it is of no use, and does no harm.
  const std::string answer = session.client().change({"POST", path, body_of(session)});
  if (session.json()) {
    session.print_json(answer);
  } else {
    print_answer(session, parse_object(answer), group.has_value());
  }
  return exit_status::kOk;
}

}  // namespace headroom::ctl
