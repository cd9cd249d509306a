#include "ctl/commands.h"

#include <algorithm>

#include "ctl/orders.h"
#include "ctl/views.h"

namespace headroom::ctl {
namespace {

const std::vector<std::string_view> kGroupStates = {"full", "pruning", "has_room", "blocked", "gone"};
const std::vector<std::string_view> kBlockReasons = {"nobody_removable", "exempt",          "unsupported_type",
                                                     "out_of_scope",     "too_small",       "no_permission",
                                                     "daily_limit",      "implausible_data"};
const std::vector<std::string_view> kRunStates = {"running", "awaiting_approval", "planned",  "succeeded", "partial",
                                                  "failed",  "nothing_to_do",     "rejected", "expired"};

const Option kLimit = {"limit", "N", "how many, the newest first; 0 for all (default 50)"};
const Option kSince = {"since", "T", "from this moment on"};
const Option kGroup = {"group", "ID", "of this group"};

const Option kWait = {"wait", "", "until it is over, and say what became of it"};
const Option kReason = {"reason", "R", "why, for the audit"};
const Option kRequiredReason = {"reason", "R", "why, for the audit and for who asks later", true};
const std::vector<std::string_view> kKinds = {"group", "member"};

// What is there: groups, what came of them, what waits.
std::vector<Command> showing_commands() {
  return {
      {"status",
       {},
       {},
       "say whether all is well, what waits for you, and the numbers behind it",
       "With --json: the summary of the API.\n",
       show_status},
      {"groups",
       {},
       {{"state", "S", "in this state; several with commas", false, kGroupStates},
        {"reason", "R", "blocked for this reason; several with commas", false, kBlockReasons},
        {"stale", "", "full for scheduler.stale_after or longer"},
        {"search", "TEXT", "with this in the id or the name"},
        {"sort", "ORDER", "fullest, oldest or most_refused first", false, {"fullest", "oldest", "most_refused"}},
        kLimit},
       "list groups",
       "",
       list_groups},
      {"group",
       {{"ID"}},
       {},
       "show a group, its last runs and its last full events",
       "With --json: the group alone.\n",
       show_group},
      {"events", {}, {kGroup, kSince, kLimit}, "list full-group events", "", list_events},
      {"runs",
       {},
       {{"state", "S", "in this state; several with commas", false, kRunStates}, kGroup, kSince, kLimit},
       "list runs",
       "",
       list_runs},
      {"run", {{"ID"}}, {}, "show a run, and the members that it selected", "With --json: the run alone.\n", show_run},
      {"plans",
       {},
       {kLimit},
       "show the plans that may be carried out: who would go, why, and how long silent",
       "Those that wait for your word first, then those of mode plan that are younger than scheduler.approval_ttl.\n"
       "With --json: {\"items\":[...]}, each the run with \"members\", those that it selected.\n",
       list_plans},
  };
}

// Why, what else, who, and when.
std::vector<Command> explaining_commands() {
  return {
      {"why",
       {{"GROUP"}, {"ACCOUNT", true}},
       {},
       "say why a member may be removed or stays, rule by rule; without ACCOUNT why the group is as it is",
       "A member from a fresh look at Chat; a group from what is stored: its state, its last run and why that waits.\n"
       "With --json: what the API says of the member, or of the group.\n",
       show_why},
      {"what-if",
       {{"KEY=VALUE", true, true}},
       {{"group", "ID", "of this group, from a fresh look at Chat"}, kSince},
       "say what another policy would have done",
       "The stored runs of 90 days, or those since T, are judged once more with these keys of the policy in place of\n"
       "their own: headroomctl what-if inactive_for=60d max_removals_per_run=50. Nothing is asked of Chat (but with\n"
       "--group), and nothing is changed. What nobody asked for then is never taken for inactivity: it is only "
       "counted.\n",
       ask_what_if},
      {"removals",
       {},
       {{"account", "A", "of this account"}, kGroup, kSince, kLimit},
       "list who was removed, and who is back",
       "",
       list_removals},
      {"filling",
       {},
       {{"within", "D", "full within this time, such as 30d (default 7d)"},
        {"limit", "N", "how many, the soonest first; 0 for all (default 50)"}},
       "list groups that fill up, and when they will be full",
       "From the members that sweeps saw, a point a day: the day at the median pace, and between the days at the "
       "fastest\n"
       "and the slowest tenth of it.\n",
       list_filling},
  };
}

// What is around the groups: who is left alone, who looks, who changed what.
std::vector<Command> commands_around_groups() {
  return {
      {"exemptions",
       {},
       {{"import", "FILE", "make these exemptions; - is standard input", false, {}, true}, kReason, kLimit},
       "list who is never touched, or make many exemptions",
       "FILE is what exemptions --json prints, or CSV with the fields kind,id,reason,expires_at (the first line may "
       "name\n"
       "them). It is checked as a whole before anything is sent; up to 1000 are made at once, all or none of them.\n",
       list_exemptions},
      {"sweeps", {}, {kLimit}, "list sweeps", "", list_sweeps},
      {"nodes",
       {},
       {kLimit},
       "list the daemons that share the database",
       "A row for each start of each, for seven days behind its last sign of life. CONFIG is the same for nodes that\n"
       "would decide alike.\n",
       list_nodes},
      {"audit", {}, {kSince, kLimit}, "list who changed what", "", list_audit},
      {"watch",
       {},
       {},
       "follow events, runs and pauses until it is stopped",
       "With --json: a line for each, {\"event\":...}, {\"run\":...} or {\"summary\":...}.\n",
       watch},
  };
}

std::vector<Command> changing_commands() {
  return {
      {"plan", {{"GROUP"}}, {kWait, kReason}, "make a plan for a group; nobody is removed", "", plan_group},
      {"prune",
       {{"GROUP"}},
       {kWait, kReason, {"force", "", "also while the calendar is closed"}},
       "look at a group's members now, and remove inactive ones",
       "Shows what will happen, and asks.\n",
       prune_group},
      {"raise",
       {{"GROUP"}},
       {kWait, kReason, {"force", "", "also while the calendar is closed"}},
       "raise a group's limit, within capacity.ceiling; nobody is removed",
       "Shows what will happen, and asks.\n",
       raise_group},
      {"approve",
       {{"ID", false, true}},
       {kWait, kReason},
       "carry plans out",
       "Shows what will happen, and asks, for each run; all are tried.\n",
       approve_runs},
      {"reject", {{"ID", false, true}}, {kReason}, "end plans that wait", "All are tried.\n", reject_runs},
      {"restore",
       {{"ID"}},
       {kWait, kReason},
       "bring back whom a run removed, or set back the limit that it raised",
       "Shows what will happen, and asks.\n",
       restore_run},
      {"exempt",
       {{"KIND", false, false, kKinds}, {"ID"}},
       {kRequiredReason, {"until", "T", "up to this moment; for ever without"}},
       "never touch a group or a member",
       "",
       exempt_one},
      {"silent",
       {{"GROUP"}},
       {kRequiredReason, {"off", "", "take it back"}},
       "say that silence is a group's nature: its members are judged by reading",
       "For announcements, where nobody but the owner speaks. Members then go only offline, behind "
       "policy.reader_backlog, and with the same MsgSeq in two looks.\n",
       call_silent},
      {"unexempt", {{"KIND", false, false, kKinds}, {"ID"}}, {kReason}, "lift an exemption", "", unexempt_one},
      {"pause", {}, {kRequiredReason}, "pause the scheduler; it survives a restart", "", pause_scheduler},
      {"resume", {}, {kReason}, "let the scheduler go on", "", resume_scheduler},
      {"sweep",
       {},
       {{"dry-run", "", "count only"}, kWait, kReason},
       "look at all groups of the app for full ones whose webhook was lost",
       "",
       start_sweep},
  };
}

std::vector<Command> commands_about_itself() {
  return {
      {"version", {}, {}, "print its own version and, where a daemon answers, that one's", "", show_version},
      {"completion",
       {{"SHELL", false, false, {"bash", "zsh", "fish"}}},
       {},
       "print the completion of a shell",
       "For example: headroomctl completion bash > /usr/share/bash-completion/completions/headroomctl\n",
       show_completion},
      {"help", {{"COMMAND", true}}, {}, "explain a command", "", show_help},
  };
}

std::vector<Command> all_commands() {
  std::vector<Command> all;
  for (auto part : {showing_commands(), explaining_commands(), commands_around_groups(), changing_commands(),
                    commands_about_itself()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

const std::vector<Option>& global_options() {
  static const std::vector<Option> kOptions = {
      {"url", "URL", "of the daemon's admin API (HEADROOMCTL_URL; default http://127.0.0.1:8081)"},
      {"token-file", "FILE", "with the token of the admin API (HEADROOMCTL_TOKEN_FILE)", false, {}, true},
      {"json", "", "print the API's JSON"},
      {"yes", "", "do not ask"},
      {"utc", "", "times in UTC, not in the zone of TZ"},
      {"help", "", "explain the command"},
      {"version", "", "print the version"},
  };
  return kOptions;
}

const std::vector<Command>& commands() {
  static const std::vector<Command> kCommands = all_commands();
  return kCommands;
}

const Command* find_command(std::string_view name) {
  const auto& all = commands();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Command& command) { return command.name == name; });
  return found == all.end() ? nullptr : &*found;
}

const Option* find_option(const std::vector<Option>& options, std::string_view name) {
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
  return found == options.end() ? nullptr : &*found;
}

}  // namespace headroom::ctl
