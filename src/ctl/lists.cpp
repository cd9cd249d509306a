// Commands that show one list of the API as it is.
#include "ctl/details.h"
#include "ctl/list.h"
#include "ctl/run_view.h"
#include "ctl/views.h"

namespace headroom::ctl {
namespace {

std::string option(const Session& session, const std::string& name) { return session.line().value(name).value_or(""); }

std::string since_option(const Session& session) {
  return moment_option(session, "since", Direction::kBack).value_or("");
}

std::string share_with_reason(const Json& item) {
  const std::string reason = text_of(item, "reason");
  return text_of(item, "state") + (reason.empty() ? "" : ": " + reason);
}

}  // namespace

int list_groups(Session& session) {
  const auto row = [&](const Json& group) -> Row {
    return {text_of(group, "group_id"),
            share_with_reason(group) + (flag_of(group, "exempt").value_or(false) ? ", exempt" : ""),
            share_of(group, "member_count", "max_member_count"),
            session.moment(time_of(group, "full_since")),
            number_text(group, "full_events"),
            text_of(group, "name")};
  };
  return print_list(session,
                    {path_with("/api/v1/groups", {{"state", option(session, "state")},
                                                  {"reason", option(session, "reason")},
                                                  {"stale", session.line().has("stale") ? "true" : ""},
                                                  {"search", option(session, "search")},
                                                  {"sort", option(session, "sort")}}),
                     {{"GROUP"}, {"STATE"}, {"MEMBERS", true}, {"FULL SINCE"}, {"EVENTS", true}, {"NAME", false, true}},
                     row,
                     "No such groups."});
}

int list_events(Session& session) {
  const auto row = [&](const Json& event) -> Row {
    return {number_text(event, "id"),   session.moment(time_of(event, "event_time")),
            text_of(event, "group_id"), text_of(event, "source"),
            text_of(event, "platform"), text_of(event, "client_ip")};
  };
  return print_list(
      session, {path_with("/api/v1/events", {{"group_id", option(session, "group")}, {"since", since_option(session)}}),
                {{"EVENT", true}, {"TIME"}, {"GROUP", false, true}, {"SOURCE"}, {"PLATFORM"}, {"FROM"}},
                row,
                "No such events."});
}

int list_runs(Session& session) {
  const auto row = [&](const Json& run) -> Row {
    return {number_text(run, "id"),
            session.moment(time_of(run, "created_at")),
            text_of(run, "group_id"),
            text_of(run, "mode"),
            text_of(run, "state") + (reason_of(run).empty() ? "" : ": " + reason_of(run)),
            text_of(run, "mode") == "raise" ? "" : number_text(run, "removed") + " of " + number_text(run, "selected"),
            number_text(run, "restored")};
  };
  return print_list(
      session,
      {path_with("/api/v1/runs", {{"state", option(session, "state")},
                                  {"group_id", option(session, "group")},
                                  {"since", since_option(session)}}),
       {{"RUN", true}, {"CREATED"}, {"GROUP", false, true}, {"MODE"}, {"STATE"}, {"REMOVED", true}, {"RESTORED", true}},
       row,
       "No such runs."});
}

int list_removals(Session& session) {
  const auto row = [&](const Json& removal) -> Row {
    const auto restored = time_of(removal, "restored_at"), rejoined = time_of(removal, "rejoined_at");
    const std::string after = restored   ? "restored " + session.day(restored)
                              : rejoined ? "came back " + session.day(rejoined)
                                         : "";
    return {session.day(time_of(removal, "removed_at")), text_of(removal, "account"), text_of(removal, "group_id"),
            number_text(removal, "run_id"), after};
  };
  return print_list(session,
                    {path_with("/api/v1/removals", {{"account", option(session, "account")},
                                                    {"group_id", option(session, "group")},
                                                    {"since", since_option(session)}}),
                     {{"REMOVED"}, {"ACCOUNT", false, true}, {"GROUP", false, true}, {"RUN", true}, {"AFTERWARDS"}},
                     row,
                     "No such removals."});
}

int list_filling(Session& session) {
  const auto row = [&](const Json& group) -> Row {
    const Json& spread = group["spread"];
    const std::string latest = text_of(spread, "latest");
    return {text_of(group, "group_id"),
            share_of(group, "member_count", "max_member_count"),
            number_text(group, "members_per_week"),
            text_of(group, "full_on"),
            text_of(spread, "soonest"),
            latest.empty() ? "maybe never" : latest,
            text_of(group, "name")};
  };
  return print_list(
      session,
      {path_with("/api/v1/filling", {{"within", option(session, "within")}}),
       {{"GROUP"}, {"MEMBERS", true}, {"A WEEK", true}, {"FULL ON"}, {"SOONEST"}, {"LATEST"}, {"NAME", false, true}},
       row,
       "No group is seen to fill up within that time."});
}

int list_sweeps(Session& session) {
  const auto row = [&](const Json& sweep) -> Row {
    return {number_text(sweep, "id"),
            session.moment(time_of(sweep, "started_at")),
            session.moment(time_of(sweep, "finished_at")),
            text_of(sweep, "state") + (flag_of(sweep, "dry_run").value_or(false) ? ", dry run" : ""),
            number_text(sweep, "groups_listed"),
            number_text(sweep, "groups_read"),
            number_text(sweep, "groups_full"),
            number_text(sweep, "groups_new")};
  };
  return print_list(session, {"/api/v1/sweeps",
                              {{"SWEEP", true},
                               {"STARTED"},
                               {"FINISHED"},
                               {"STATE", false, true},
                               {"LISTED", true},
                               {"READ", true},
                               {"FULL", true},
                               {"NEW", true}},
                              row,
                              "No sweeps so far."});
}

int list_nodes(Session& session) {
  const auto row = [&](const Json& node) -> Row {
    return {text_of(node, "name"),
            flag_of(node, "leads").value_or(false) ? "leads" : "",
            session.moment(time_of(node, "seen_at")),
            number_text(node, "spool_depth"),
            text_of(node, "mode"),
            text_of(node, "config_hash"),
            text_of(node, "version"),
            session.moment(time_of(node, "started_at"))};
  };
  return print_list(
      session,
      {"/api/v1/nodes",
       {{"NODE", false, true}, {"LEADS"}, {"SEEN"}, {"SPOOLED", true}, {"MODE"}, {"CONFIG"}, {"VERSION"}, {"STARTED"}},
       row,
       "No nodes."});
}

int list_audit(Session& session) {
  const auto row = [&](const Json& entry) -> Row {
    return {session.moment(time_of(entry, "at")),
            text_of(entry, "token"),
            text_of(entry, "peer"),
            text_of(entry, "action"),
            text_of(entry, "target"),
            text_of(entry, "reason")};
  };
  return print_list(session, {path_with("/api/v1/audit", {{"since", since_option(session)}}),
                              {{"TIME"},
                               {"TOKEN"},
                               {"PEER", false, true},
                               {"ACTION"},
                               {"TARGET", false, true},
                               {"REASON", false, false, true}},
                              row,
                              "No changes."});
}

}  // namespace headroom::ctl
