#include "ctl/preview.h"

#include <algorithm>

#include "ctl/details.h"
#include "ctl/hindrance.h"
#include "ctl/list.h"
#include "ctl/run_view.h"
#include "http/uri.h"

namespace headroom::ctl {
namespace {

constexpr std::int64_t kNamed = 10;  // accounts that are named

std::string group_path(const std::string& group_id) { return "/api/v1/groups/" + http::encode_text(group_id); }

// Those of the run's members that it selected, or removed, the first of them.
void name_members(Session& session, const std::string& run_id, const std::string& outcome, std::int64_t all) {
  std::vector<Row> rows;
  each_page(session, run_path(run_id) + "/members?decision=remove", std::nullopt, [&](const AnswerPage& page) {
    for (const Json& member : page.items().GetArray()) {
      if (std::ssize(rows) == kNamed || (!outcome.empty() && text_of(member, "outcome") != outcome)) continue;
      rows.push_back({text_of(member, "account"), text_of(member, "why"), silence_of(session, member)});
    }
    return std::ssize(rows) < kNamed;
  });
  if (rows.empty()) return;
  Table table({{"ACCOUNT", false, true}, {"WHY"}, {"SILENT FOR", true}}, session.preview_columns());
  session.preview(table.part(rows));
  if (all > std::ssize(rows)) session.preview("and " + std::to_string(all - std::ssize(rows)) + " more\n");
}

void tell_limits(Session& session) {
  const rapidjson::Document summary = parse_object(session.client().get("/api/v1/summary"));
  const auto left = number_of(summary, "removals_left");
  session.preview_line(left ? "Of the removals of a day " + std::to_string(*left) + " are left."
                            : "There is no limit of removals a day.");
  if (flag_of(summary, "open") == false && !session.line().has("force")) {
    const auto next = time_of(summary, "next_open_at");
    session.preview_line("The calendar is closed" + (next ? " until " + session.moment(next) : "") +
                         ": nobody goes before it opens.");
  }
}

// "from 200 to 240".
std::string limits_of(const Json& raise) {
  return "from " + number_text(raise, "from") + " to " + number_text(raise, "to");
}

void tell_raises(Session& session) {
  const rapidjson::Document summary = parse_object(session.client().get("/api/v1/summary"));
  const auto left = number_of(summary, "raises_left");
  session.preview_line(left ? "Of the raises of a day " + std::to_string(*left) + " are left."
                            : "There is no limit of raises a day.");
}

std::string preview_raise_plan(Session& session, const Json& run, const Json& group) {
  const Json& raise = object_of(run, "raise");
  session.preview_line("Run " + number_text(run, "id") + " (" + text_of(run, "state") + ", planned " +
                       session.since(time_of(run, "created_at")) + " ago) would raise the limit of the group " +
                       name_of_group(group) + " " + limits_of(raise) + ". Nobody is removed.");
  if (const std::string why = waiting_sentence(run); !why.empty()) session.preview_line(why);
  tell_raises(session);
  session.preview_line("It can be set back while no more members than that have joined: headroomctl restore " +
                       number_text(run, "id"));
  return "Raise the limit of " + text_of(run, "group_id") + " " + limits_of(raise) + "?";
}

std::string preview_set_back(Session& session, const Json& run, const Json& group) {
  const Json& raise = object_of(run, "raise");
  const std::string former = number_text(raise, "from");
  session.preview_line(
      "Run " + number_text(run, "id") + " raised the limit of the group " + name_of_group(group) + " " +
      limits_of(raise) + "; it has " + share_of(group, "member_count", "max_member_count") +
      " members. The limit is set back where no more than " + former +
      " are in it by a fresh look, and headroom does not raise it again within 7 days: when the group is full by then, "
      "members may be removed.");
  const auto limit = number_of(group, "max_member_count");
  if (limit && limit != number_of(raise, "to")) {
    session.preview_line("By the last look the limit is " + std::to_string(*limit) +
                         ": somebody else has set it since, and that is taken back, too.");
  }
  return "Set the limit of " + text_of(run, "group_id") + " back to " + former + "?";
}

}  // namespace

std::string preview_raise(Session& session, const std::string& group_id) {
  const rapidjson::Document group = parse_object(session.client().get(group_path(group_id)));
  expect_orderable(session, group);
  const auto suggested = number_of(object_of(group, "suggestion"), "raise_to");
  const std::string to = suggested ? " to " + std::to_string(*suggested) : "";
  session.preview_line("The limit of the group " + name_of_group(group) + ", " + text_of(group, "state") + " with " +
                       share_of(group, "member_count", "max_member_count") + " members, is raised" + to +
                       ", by capacity.step and at most to its type's capacity.ceiling. Nobody is removed.");
  tell_raises(session);
  session.preview_line("It can be set back while no more members than before have joined: headroomctl restore RUN");
  return "Raise the limit of " + group_id + to + "?";
}

std::string preview_approval(Session& session, const std::string& run_id) {
  const rapidjson::Document run = parse_object(session.client().get(run_path(run_id)));
  const std::string group_id = text_of(run, "group_id");
  const rapidjson::Document group = parse_object(session.client().get(group_path(group_id)));
  expect_approvable(session, run, group);
  if (text_of(run, "mode") == "raise") return preview_raise_plan(session, run, group);
  const auto selected = number_of(run, "selected").value_or(0);
  session.preview_line("Run " + number_text(run, "id") + " (" + text_of(run, "state") + ", planned " +
                       session.since(time_of(run, "created_at")) + " ago) would remove " +
                       counted(selected, "member", "members") + " from the group " + name_of_group(group) +
                       ", which has " + share_of(group, "member_count", "max_member_count") + " members.");
  if (const std::string why = waiting_sentence(run); !why.empty()) session.preview_line(why);
  name_members(session, run_id, "", selected);
  tell_limits(session);
  session.preview_line(
      "Each is looked at again right before; who shows a sign of life stays. What is removed can be "
      "brought back while there is room: headroomctl restore " +
      number_text(run, "id"));
  return "Remove " + counted(selected, "member", "members") + " from " + group_id + "?";
}

std::string preview_pruning(Session& session, const std::string& group_id) {
  const rapidjson::Document group = parse_object(session.client().get(group_path(group_id)));
  expect_orderable(session, group);
  const std::string share = share_of(group, "member_count", "max_member_count");
  session.preview_line("The members of the group " + name_of_group(group) + ", " + text_of(group, "state") +
                       (share.empty() ? "" : " with " + share + " members") +
                       ", are looked at now, and as many of the longest inactive are removed as the policy and "
                       "its limits allow.");
  std::string number = "inactive members";
  each_page(session, group_path(group_id) + "/runs?state=planned", 1, [&](const AnswerPage& page) {
    for (const Json& run : page.items().GetArray()) {
      const auto selected = number_of(run, "selected").value_or(0);
      number = "about " + counted(selected, "member", "members");
      session.preview_line("The last plan (run " + number_text(run, "id") + ", " +
                           session.since(time_of(run, "created_at")) + " ago) selected " +
                           counted(selected, "member", "members") + ":");
      name_members(session, number_text(run, "id"), "", selected);
    }
    return true;
  });
  if (number == "inactive members") {
    session.preview_line("There is no plan that says who: headroomctl plan GROUP makes one, and removes nobody.");
  }
  tell_limits(session);
  session.preview_line("What is removed can be brought back while there is room: headroomctl restore RUN");
  return "Remove " + number + " from " + group_id + "?";
}

std::string preview_restore(Session& session, const std::string& run_id) {
  const rapidjson::Document run = parse_object(session.client().get(run_path(run_id)));
  expect_restorable(session, run);
  const std::string group_id = text_of(run, "group_id");
  const rapidjson::Document group = parse_object(session.client().get(group_path(group_id)));
  if (text_of(run, "mode") == "raise") return preview_set_back(session, run, group);
  const auto removed = number_of(run, "removed").value_or(0);
  session.preview_line("Run " + number_text(run, "id") + " removed " + counted(removed, "member", "members") +
                       " from the group " + name_of_group(group) + ", which has " +
                       share_of(group, "member_count", "max_member_count") +
                       " members. Those who are still outside are added again, as far as there is room; one seat stays "
                       "free.");
  name_members(session, run_id, "removed", removed);
  session.preview_line("It gives no removals of a day back, and can not be undone: who is back is a newcomer.");
  return "Add up to " + counted(removed, "member", "members") + " to " + group_id + "?";
}

}  // namespace headroom::ctl
