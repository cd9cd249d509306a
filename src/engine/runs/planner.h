#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/gate/gate.h"
#include "engine/gate/settings.h"
#include "engine/looks/chat_session.h"
#include "engine/runs/allowance.h"
#include "engine/runs/beginning.h"
#include "headroom/seen_rows.h"
#include "headroom/selection.h"
#include "headroom/storage.h"

namespace headroom {

// What a look at a whole group came to. `run.state` is kPlanned when somebody is selected; else kNothingToDo or
// kFailed with the reason.
struct Plan {
  Run run;
  std::vector<RunMember> members;  // selected ones first, the first to go first
  std::optional<Look> look;        // absent when Chat did not answer
  std::optional<TimeMs> wait_until;
  bool pauses = false;                // the scheduler has to pause itself with run.reason
  WaitsFor asks = WaitsFor::kNobody;  // what of the listing a person has to see first
  // Whom to remember for the next plan; absent: nothing new is known of anybody.
  std::optional<std::vector<NotedLook>> first_looks;
  std::vector<std::string> rejoined;  // whom headroom removed once, and who joined anew
  TimeMs listed_at = 0;               // when the newest members were judged: a time that Chat agreed with
  std::optional<bool> at_ceiling;     // its limit can not be raised far enough; absent: nobody has asked
  LastRun last;                       // of the group, before the look
};

// Reads a group and its members from Chat and decides who would go. Changes nothing, holds no more members than may
// be selected (and, in small groups, the rows to store).
class Planner {
 public:
  // `between_pages`: see Runner.
  Planner(
      ChatSession& chat, ReadView& view, Clock& clock, const Settings& settings, const Gate& gate,
      std::function<void(std::int64_t)> between_pages = [](std::int64_t) {})
      : chat_(chat),
        view_(view),
        clock_(clock),
        settings_(settings),
        gate_(gate),
        between_pages_(std::move(between_pages)) {}

  // `run`: group, trigger and mode are set; the plan's numbers are filled in.
  Plan make(Run run);
  // Lists the members of a full group for their first look alone: of the plan only what it says of them
  // (`first_looks`, `rejoined`), the group as it was before, and why there is nothing to say.
  Plan note(Run run);

 private:
  struct Undecided {
    Member member;
    JudgeContext context;
  };
  struct Listing {
    Selection selection;
    Plausibility plausibility;
    const GroupInfo& group;
    FirstLooks first_looks;
    std::vector<Undecided> undecided = {};  // removable but for their presence, which is asked for many at once
    SeenRows seen = {};
    std::vector<std::string> rejoined = {};
    TimeMs listed_at = 0;
    Histogram histogram = {};
    std::optional<TimeMs> seen_twice_from = {};  // of those of whom only one look is there
  };

  std::optional<Stop> read_group(Plan& plan);
  std::optional<Stop> look_whether_gone(Plan& plan, const Stop& seen);
  std::optional<Stop> decide(Plan& plan);
  std::optional<Stop> check_raises(Plan& plan);
  std::optional<Stop> check_limits(Plan& plan);
  std::optional<Stop> select(Plan& plan);
  std::optional<Stop> note_listed(Plan& plan);
  Listing begin_listing(const Plan& plan, const Allowance& allowed, bool keeps_rows, bool silent) const;
  std::optional<Stop> list_all(Plan& plan, Listing& listing);
  std::optional<Stop> list(const Plan& plan, Listing& listing);
  std::optional<Stop> next_page(const MemberQuery& query, MemberPage& page, int& limit);
  std::optional<Stop> take_time(Listing& listing) const;
  std::optional<Stop> judge_page(const std::vector<Member>& members, Listing& listing);
  std::optional<Stop> decide_undecided(Listing& listing, std::size_t leave);
  void judge_one(const Member& member, const JudgeContext& context, Listing& listing);
  static void take_listing(Plan& plan, Listing& listing, LimitedBy by, bool silent);
  void contradict(const Member& member, Why judged, Listing& listing) const;

  ChatSession& chat_;
  ReadView& view_;
  Clock& clock_;
  const Settings& settings_;
  const Gate& gate_;
  const std::function<void(std::int64_t)> between_pages_;
};

}  // namespace headroom
