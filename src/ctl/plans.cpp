#include <limits>
#include <utility>

#include "ctl/details.h"
#include "ctl/exit.h"
#include "ctl/hindrance.h"
#include "ctl/list.h"
#include "ctl/run_view.h"
#include "ctl/views.h"
#include "http/uri.h"

namespace headroom::ctl {
namespace {

// Calls `plan(run, its text)` for every plan that may still be carried out: those that wait first, then those of mode
// plan that are young enough.
using TakePlan = std::function<void(const Json&, const std::string&)>;
void each_plan(Session& session, const TakePlan& plan) {
  const DurationMs ttl = approval_ttl(session);
  auto left = limit_of(session).value_or(std::numeric_limits<std::int64_t>::max());
  for (const std::string state : {"awaiting_approval", "planned"}) {
    if (left == 0) return;
    each_page(session, "/api/v1/runs?state=" + state, std::nullopt, [&](const AnswerPage& page) {
      for (rapidjson::SizeType i = 0; i < page.items().Size() && left > 0 && session.goes_on(); ++i) {
        const Json& run = page.items()[i];
        if (state == "planned" && !is_young(run, ttl)) continue;
        --left;
        plan(run, page.texts[i]);
      }
      return left > 0 && session.goes_on();
    });
  }
}

// The run's text with one more member: who was selected.
std::string with_members(Session& session, const Json& run, const std::string& text) {
  std::string json = text.substr(0, text.size() - 1) + ",\"members\":[";
  bool first = true;
  each_page(session, run_path(number_text(run, "id")) + "/members?decision=remove", std::nullopt,
            [&](const AnswerPage& page) {
              for (const std::string& member : page.texts) {
                json.append(std::exchange(first, false) ? "" : ",").append(member);
              }
              return session.goes_on();
            });
  return json + "]}";
}

std::string group_of(Session& session, const std::string& group_id) {
  try {
    return name_of_group(parse_object(session.client().get("/api/v1/groups/" + http::encode_text(group_id))));
  } catch (const Failure& failure) {
    if (failure.status() != exit_status::kRefused) throw;
    return group_id;  // it is gone meanwhile
  }
}

void print_plan(Session& session, const Json& run) {
  const bool waits = text_of(run, "state") == "awaiting_approval";
  const auto confirmed = time_of(run, "confirmed_at");
  const Json& raise = object_of(run, "raise");
  const std::string what =
      raise.ObjectEmpty() ? number_text(run, "selected") + " of " + number_text(run, "members_before") +
                                " members of " + group_of(session, text_of(run, "group_id")) + " would go."
                          : "the limit of " + group_of(session, text_of(run, "group_id")) + " would be raised from " +
                                number_text(raise, "from") + " to " + number_text(raise, "to") + ".";
  session.say("Run " + number_text(run, "id") + (waits ? " waits for your word" : " is a plan") + ": " + what +
              " Planned " + session.since(time_of(run, "created_at")) + " ago" +
              (confirmed ? ", confirmed " + session.since(confirmed) + " ago" : "") + ".");
  if (const std::string why = waiting_sentence(run); !why.empty()) session.say(why);
  print_selected(session, number_text(run, "id"));
  session.print("\n");
}

int print_json_plans(Session& session) {
  bool first = true;
  std::string head = "{\"items\":[";
  each_plan(session, [&](const Json& run, const std::string& text) {
    const std::string item = with_members(session, run, text);
    session.print(std::exchange(head, "") + (std::exchange(first, false) ? "" : ",") + item);
  });
  session.print(head + "]}\n");
  return exit_status::kOk;
}

}  // namespace

int list_plans(Session& session) {
  if (session.json()) return print_json_plans(session);
  std::int64_t shown = 0;
  each_plan(session, [&](const Json& run, const std::string&) {
    print_plan(session, run);
    ++shown;
  });
  if (shown > 0) {
    session.note("headroomctl approve RUN carries one out, headroomctl reject RUN ends one that waits.");
  } else {
    session.note("There are no plans. A group gets one when it has been full for scheduler.stale_after.");
    session.note("headroomctl groups --state full lists them, headroomctl plan GROUP makes a plan now.");
  }
  return exit_status::kOk;
}

}  // namespace headroom::ctl
