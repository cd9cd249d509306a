#include "ctl/details.h"
#include "ctl/exit.h"
#include "ctl/list.h"
#include "ctl/run_view.h"
#include "ctl/views.h"
#include "http/uri.h"

namespace headroom::ctl {
namespace {

constexpr std::int64_t kShownBelow = 5;  // events, and runs

void print_group(Session& session, const Json& group) {
  Details details;
  details.add("group", name_of_group(group));
  details.add("state", text_of(group, "state"));
  details.add("reason", text_of(group, "reason"));
  details.add("exempt", flag_of(group, "exempt").value_or(false) ? "yes" : "no");
  details.add("type", text_of(group, "type"));
  details.add("members", share_of(group, "member_count", "max_member_count"));
  const auto learned = number_of(group, "learned_ceiling");
  details.add("ceiling", learned ? std::to_string(*learned) + " at most, Chat said within the last 7 days" : "");
  const Json& suggestion = object_of(group, "suggestion");
  details.add("suggestion",
              suggestion.ObjectEmpty() ? "" : "raise the limit to " + number_text(suggestion, "raise_to"));
  details.add("full since", moment_and_age(session, time_of(group, "full_since")));
  details.add("last full event", moment_and_age(session, time_of(group, "last_full_at")));
  details.add("full events", number_text(group, "full_events"));
  details.add("seen with room", moment_and_age(session, time_of(group, "seen_room_at")));
  details.add("observed", moment_and_age(session, time_of(group, "observed_at")));
  details.add("next look", moment_and_age(session, time_of(group, "next_check_at")));
  details.add("last run", number_text(group, "last_run_id"));
  details.print(session);
}

void print_below(Session& session, const std::string& title, const std::string& path, std::vector<Column> columns,
                 const MakeRow& row) {
  Table table(std::move(columns), session.out().columns());
  std::vector<Row> rows;
  each_page(session, path, kShownBelow, [&](const AnswerPage& page) {
    for (const Json& item : page.items().GetArray()) rows.push_back(row(item));
    return true;
  });
  if (rows.empty()) return;
  session.print("\n" + title + "\n" + table.part(rows));
}

}  // namespace

int show_group(Session& session) {
  const std::string path = "/api/v1/groups/" + http::encode_text(session.word(0));
  const std::string body = session.client().get(path);
  if (session.json()) {
    session.print_json(body);
    return exit_status::kOk;
  }
  print_group(session, parse_object(body));
  print_below(
      session, "The last runs", path + "/runs",
      {{"RUN", true}, {"CREATED"}, {"MODE"}, {"STATE"}, {"REASON", false, true}, {"SELECTED", true}, {"REMOVED", true}},
      [&](const Json& run) -> Row {
        return {number_text(run, "id"),
                session.moment(time_of(run, "created_at")),
                text_of(run, "mode"),
                text_of(run, "state"),
                reason_of(run),
                number_text(run, "selected"),
                number_text(run, "removed")};
      });
  print_below(session, "The last full events", path + "/events",
              {{"EVENT", true}, {"TIME"}, {"SOURCE"}, {"FROM", false, true}}, [&](const Json& event) -> Row {
                return {number_text(event, "id"), session.moment(time_of(event, "event_time")),
                        text_of(event, "source"), text_of(event, "client_ip")};
              });
  return exit_status::kOk;
}

}  // namespace headroom::ctl
