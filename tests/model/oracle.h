#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/gate/settings.h"
#include "headroom/run.h"
#include "headroom/storage.h"
#include "tests/model/coverage.h"
#include "tests/model/orders.h"
#include "tests/model/own_clock.h"
#include "tests/model/sight.h"
#include "tests/model/trace.h"
#include "tests/model/words.h"

namespace headroom::model {

// Compares what the daemon does with what the contract promises (section 6), after every step. Knows the world, the
// orders and what each worker was shown; of the daemon only what it has on disk.
class Oracle {
 public:
  explicit Oracle(Trace& trace) : trace_(trace) {}

  Orders orders;
  Coverage coverage;
  OwnClock clock;  // the daemon's
  // Of the database as it is now; absent while the daemon is down.
  ReadView* view = nullptr;

  // Orders were changed, and whoever gave them has been told so.
  void ordered(TimeMs now) {
    book_.note(orders, now);
    note_blindness();
  }
  void set_clock(DurationMs error, TimeMs now) {
    clock.set(error, now);
    note_blindness();
  }
  // A delete call is about to leave the daemon. Returns the run that it belongs to.
  std::int64_t sends(Sight& sight, const std::string& group_id, const std::vector<std::string>& accounts, TimeMs now);
  // Chat answered that it did not do it; outright: refused it.
  void refused(std::int64_t run_id, const std::vector<std::string>& accounts, bool outright, TimeMs now);
  // The world did it, by a call that went out then.
  void removed(std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs sent_at, TimeMs now);
  // The same of a call that adds members.
  std::int64_t adds(Sight& sight, const std::string& group_id, const std::vector<std::string>& accounts, TimeMs now);
  void added(std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs sent_at, TimeMs now);
  // The same of a call that sets a limit.
  std::int64_t sets_limit(Sight& sight, const std::string& group_id, std::int64_t to, TimeMs now);
  // `code`: of an outright refusal, else 0.
  void limit_refused(std::int64_t run_id, int code, bool may_be_done_before);
  void limit_answered(std::int64_t run_id);
  // `behind` its call.
  void limit_set(std::int64_t run_id, const std::string& group_id, std::int64_t limit, DurationMs behind);
  void others_set_limit(const std::string& group_id, std::int64_t limit) { others_limits_[group_id].insert(limit); }
  bool has_lesson(const std::string& group_id, const std::string& type) const {
    return std::any_of(lessons_.begin(), lessons_.end(), [&](const Lesson& lesson) {
      return !lesson.until && (lesson.subject == "group " + group_id || lesson.subject == "type " + type);
    });
  }
  // Whether Chat has refused such a call, or said that it is done: of a run that ended for another reason meanwhile
  // nobody here knows whether the daemon has learned by it.
  bool may_have_lesson(const std::string& group_id, const std::string& type) const {
    return has_lesson(group_id, type) || told_.contains("group " + group_id) || told_.contains("type " + type);
  }
  bool has_own_limit(const std::string& group_id) const { return own_limits_.contains(group_id); }
  bool may_start_from(const CapacityRules& rules, const std::string& group_id, std::int64_t limit) const;
  // A transaction of this worker was committed.
  void committed(Sight& sight, TimeMs now);
  // An operator approved a plan: what the limits leave is reserved for it.
  void approved(std::int64_t run_id, TimeMs now);
  // An operator's run has come into being now, whatever the daemon's clock says.
  void ordered_run(std::int64_t run_id, TimeMs now) {
    times_.try_emplace(run_id, RealTimes{.created_at = now, .by_wrong_clock = clock.skewed()});
  }
  // Why an operator's order has to be refused now; empty: it may be taken.
  std::string against_approval(const Run& run, TimeMs now) const;
  std::string against_restore(const Run& source) const;
  std::string against_run(const std::string& group_id, const RunOrder& order, TimeMs now) const;
  // It need not wait for the calendar, until somebody else approves it.
  void forced(std::int64_t run_id) { forced_.insert(run_id); }
  std::string against_sweep() const;
  // Of work that is to note members.
  void lists_for_note(const Sight& sight, TimeMs now);
  // A piece of work has ended.
  void worked(const Sight& sight);
  // The daemon was killed or stopped, or another leads: runs that run now may be resolved, never carried on.
  void ended(TimeMs now);
  // A node leads from now on, by this fence; and one that is about to call Chat, or has committed.
  void leads(std::int64_t fence);
  bool goes_by(std::int64_t term) const { return term == fence_; }
  void check_lead(const Sight& sight, std::int64_t term);
  void answers_lost(const Run& run);
  // A run was left open by its worker: the same.
  void given_up(const Sight& sight, const Run& run, TimeMs now);
  void may_be_given_up(const Run& run, TimeMs now);  // nobody knows whether that is stored
  // The scheduler has stored a run by itself, or ended one.
  void run_ended(const Run& run, TimeMs now);
  // A row shows somebody whom a run removed, and who has come back by himself.
  bool is_back(const std::string& group_id, const Member& member) const;
  // By a restore: who comes then was sent back, too.
  void invited(const std::string& group_id, const std::string& account) { invited_.insert({group_id, account}); }
  // A look has shown the member so.
  void seen(const std::string& group_id, const Member& member, TimeMs now);
  // Chat says then who is in the group, or answers a call that changes it: either may decide an outcome.
  void asked(const std::string& group_id, const std::vector<std::string>& accounts, TimeMs now);
  // A reload has taken the place of these settings a minute ago and longer.
  void check_reload(const Policy& before, const Policy& after, TimeMs at, const std::map<std::string, Group>& blocked);
  std::map<std::string, Group> blocked_groups() const;
  // None that is in force may be gone from the disk.
  void check_exemptions(TimeMs now);
  // A pause for a wrong clock ends soon after the clock is right.
  void pauses_itself(const std::string& reason);
  void told_destroyed(const std::string& group_id);
  // Somebody went out of a group, or came in, by whatever way.
  void went_out(const std::string& group_id, const std::string& account, TimeMs now);
  void came_in(const std::string& group_id, const std::string& account, TimeMs now);
  // Accounts that went out, in the order in which they did, once for each time.
  std::vector<std::string> gone_out(const std::string& group_id) const;
  // A webhook was stored, or was a repeat.
  void recorded(const Event& event, TimeMs now);
  // Those whom a run (but this one) removed from the group, and whom that protects at `now` if they are back: for ever,
  // or if a restore brought them back, for the grace of newcomers.
  bool has_been_back_for_long(const std::string& group_id, const std::string& account, const Policy& policy,
                              TimeMs now) const;
  std::set<std::string> comebacks(const std::string& group_id, const Policy& policy, TimeMs now,
                                  std::int64_t but = 0) const {
    return comebacks(group_id, removed_from(group_id, but), policy, now);
  }
  // The whole history against the ledger, at rest.
  void check_history(TimeMs now);

  void fail(const std::string& promise, const std::string& what);
  const std::string& violation() const { return violation_; }
  bool failed() const { return !violation_.empty(); }
  std::int64_t sends_seen() const { return sends_; }
  void gone(const std::string& group_id) { gone_.insert(group_id); }

 private:
  struct Fate {  // of one member of one run
    TimeMs first_sent_at = 0;
    TimeMs sent_at = 0;                    // newest
    std::optional<std::int64_t> joined_s;  // as it was shown then
    std::optional<TimeMs> removed_at;      // by our call
    TimeMs remover_sent_at = 0;            // which need not be the newest
    // When it was last sent in a call that counts: one that may have been carried out; and one that Chat did not
    // refuse.
    std::optional<TimeMs> may_be_done_at;
    std::optional<TimeMs> used_at;
    std::optional<TimeMs> refunded_at;
    std::optional<TimeMs> done_before;  // what stood there before the newest call
    std::optional<TimeMs> used_before;
  };

  struct RealTimes {  // of a run, by the world's clock
    TimeMs created_at = 0;
    TimeMs taken_up_at = 0;  // by whom it was made, or confirmed last: it may have waited between rules and looks
    TimeMs confirmed_at = 0;
    std::optional<TimeMs> finished_at;
    std::optional<TimeMs> stored_finished;
    std::optional<TimeMs> stored_confirmed;
    bool by_wrong_clock = false;  // what is stored of it says nothing of its age
    TimeMs end() const { return std::max(finished_at.value_or(0), confirmed_at); }
  };

  std::vector<CapacityRules> capacities_since(TimeMs since) const;
  static constexpr DurationMs kLessonHolds = 7 * kDayMs;
  struct Lesson {
    std::string subject;  // "group g", "type Public"
    std::int64_t ceiling = 0;
    TimeMs at = 0;
    std::optional<TimeMs> until = {};  // another one took its place, or a limit above it was set
  };
  std::optional<std::int64_t> learned(const std::string& group_id, const std::string& type, TimeMs at,
                                      TimeMs now) const;
  std::vector<std::optional<std::int64_t>> learned_since(const std::string& group_id, const std::string& type,
                                                         TimeMs since, TimeMs now) const;
  void check_raise_look(const Sight& sight, const Run& run, TimeMs now);
  void check_raise_rules(const Sight& sight, const Run& run, TimeMs now);
  void check_raises_of_a_day(const Run& run, TimeMs now);
  void check_raise(Sight& sight, const Run& run, TimeMs now);
  void note_lesson(const Sight& sight, const Run& run, TimeMs now);
  void note_failure(const Sight& sight, const Run& run, TimeMs now);
  std::string subject_of(std::int64_t run_id, int code);
  void learns(const std::string& subject, std::int64_t ceiling, const Run& run, TimeMs now);
  void check_no_raise(const Sight& sight, const Run& run);
  void check_raises_blocked(const Sight& sight, const Group& group, TimeMs now);
  std::int64_t refused_lately(TimeMs now) const;
  void check_raise_closed(const Run& run);
  bool may_look_sent(const Run& run) const;
  std::optional<Run> run_that_sends(Sight& sight, const std::string& group_id);
  void check_looks(const Sight& sight, const Run& run, std::size_t count);
  void check_members(const Sight& sight, const Run& run, const std::vector<std::string>& accounts, TimeMs now);
  void check_orders(const Sight& sight, const Run& run, const std::vector<std::string>& accounts, TimeMs now);
  void check_ages(const Sight& sight, const Run& run, const std::vector<std::string>& accounts, TimeMs now);
  void check_limits(const Run& run, TimeMs now);
  void check_hours(const Run& run, TimeMs now);
  void note_hours(const Run& run, TimeMs now);
  std::int64_t sent_in_a_day(const std::string* group_id, TimeMs now) const;
  std::int64_t used_in_a_day(const std::string* group_id, TimeMs now) const;
  std::int64_t meant_in_vain(const std::string* group_id) const;
  std::int64_t reserved(const std::string* group_id) const;
  void check_blocked(const Sight& sight, const Group& group, TimeMs now);
  bool was_reserved_until(TimeMs since) const;
  std::vector<Policy> policies_in_force(TimeMs now) const;
  void note_times(const Run& run, TimeMs now);
  void check_end(const Run& run, const RealTimes& times, TimeMs now);
  bool is_of(const Sight& sight, const Run& run) const;
  void check_implausible(const Sight& sight, const Run& run);
  void check_doubled(const std::vector<Sight::Listed>& rows, const Run& run, const std::vector<RunMember>& plan);
  // In mode observe nobody tells the daemon that its clock is wrong: what is over by it may be forgotten.
  void note_blindness() { observed_by_a_wrong_clock_ |= orders.mode == SchedulerMode::kObserve && clock.skewed(); }
  using Removed = std::map<std::string, std::optional<TimeMs>>;  // whom, and when a restore sent them back
  Removed removed_from(const std::string& group_id, std::int64_t but) const;
  std::set<std::string> comebacks(const std::string& group_id, const Removed& removed, const Policy& policy,
                                  TimeMs now) const;
  std::map<std::string, std::optional<std::int64_t>> meant_to_go(const Run& but) const;
  bool was_added(const std::string& account) const;
  bool came_and_left(const std::string& group_id, const std::string& account, std::int64_t source) const;
  void check_policy(const Sight& sight, const Run& run, bool confirmed);
  void check_statuses(const Sight& sight, const Run& run);
  void check_told_gone(const Sight& sight, const Run& run);
  void check_kept(Sight& sight, TimeMs now);
  TimeMs really(TimeMs stored) const { return stored - clock.error(); }
  void check_plan(const Sight& sight, const Run& run, TimeMs now);
  bool was_seen_before(const std::string& group_id, const Member& member, DurationMs apart, TimeMs now) const;
  void check_seen_twice(const Run& run, const std::vector<RunMember>& plan, const std::vector<Member>& removable);
  void check_selection(const Sight& sight, const Run& run, const std::vector<RunMember>& plan);
  void check_reservation(const Run& run, TimeMs now);
  void check_group(const std::string& group_id);
  std::vector<Run> runs_of(const std::string& group_id) const;  // the oldest first
  void check_pace(const Sight& sight, const Run& run, TimeMs now);
  void check_jump(const Sight& sight, const Run& run);
  void check_sweep(const Sight& sight);
  void check_events();
  void check_note_pace(const Sight& sight, TimeMs now);
  void check_waiting(const Run& run, TimeMs now);
  void check_replay(const Run& run);
  void check_restored(const Run& run, const std::vector<RunMember>& plan);
  void check_sources(const std::map<std::int64_t, Run>& runs);
  void count_run(const Run& run, const std::vector<RunMember>& plan);
  void check_closed(const Run& run);
  TimeMs last_known(const Run& run, const std::string& account, TimeMs sent_at, TimeMs finished_at) const;
  void check_fates(const Run& run, const std::vector<RunMember>& plan);

  Trace& trace_;
  std::string violation_;
  std::int64_t sends_ = 0;
  std::map<std::int64_t, std::map<std::string, Fate>> fates_;  // by run
  std::map<std::int64_t, Run> sending_;                        // runs that have sent
  std::map<std::int64_t, std::set<std::string>> plans_;        // who was selected when the plan was made
  std::set<std::int64_t> approved_;
  std::set<std::int64_t> forced_;
  std::set<std::int64_t> waiting_;                               // for the calendar, when they were last seen
  std::set<std::int64_t> too_old_;                               // for that: they may send nothing more
  std::set<std::int64_t> unsure_;                                // runs whose looks were incomplete
  std::set<std::int64_t> closed_to_sending_;                     // running when the daemon ended, or given up
  struct Added {
    TimeMs sent_at = 0;
    TimeMs at = 0;
  };
  std::map<std::int64_t, std::map<std::string, Added>> added_;   // by restore: who was added when
  using Passages = std::vector<std::pair<std::string, TimeMs>>;  // who, when
  std::map<std::string, Passages> outs_;                         // by group: who went out
  std::map<std::string, Passages> ins_;                          // and who came in
  using Place = std::pair<std::string, std::string>;             // group, account
  std::map<Place, std::set<TimeMs>> asked_;                      // when Chat said whether they were in
  // By run: whose outcome needs a later question, as they were added then, or who led ended then and had stored none.
  std::map<std::int64_t, std::map<std::string, TimeMs>> undecided_;
  std::set<Place> invited_;
  std::map<Place, std::map<std::int64_t, TimeMs>> seen_;  // the first look that has shown this MsgSeq
  std::set<Fingerprint> webhooks_;                        // full events that were told and stored
  std::int64_t swept_ = 0;                                // full events of sweeps
  std::int64_t last_event_ = 0;
  std::int64_t fence_ = 0;  // of who leads
  OrderBook book_;
  bool observed_by_a_wrong_clock_ = false;
  std::map<std::int64_t, RealTimes> times_;
  std::set<std::int64_t> outlived_;  // orders that nobody has begun, although who led has ended, or could not store it
  struct Doubt {
    TimeMs since = 0;
    int looks = 0;  // since the daemon's start
    int looks_in_all = 0;
    TimeMs alive_since = 0;  // the first of them, later by the waits for looks that do not count
    TimeMs left_at = 0;      // the newest
    int own_pauses = 0;
  };
  Doubt& count_vain_look(const Run& run, TimeMs now);
  std::map<std::int64_t, Doubt> doubts_;                            // by run
  std::map<std::string, std::map<std::string, TimeMs>> seen_back_;  // by group and account
  std::set<std::string> skewed_restores_;  // groups whose members were sent back by a wrong clock
  std::map<std::string, TimeMs>
      filled_;  // groups: the newest event time of a full event that was acknowledged, and when
  std::map<std::string, TimeMs> looked_;  // groups: the newest look that somebody has judged by
  std::map<std::string, TimeMs> acknowledged_;
  std::vector<Lesson> lessons_;                               // the oldest first
  // By group: those that the daemon's calls set, and those that others did.
  std::map<std::string, std::set<std::int64_t>> own_limits_, others_limits_;
  std::map<std::int64_t, TimeMs> raised_at_;                  // runs whose call may have been done
  std::map<std::int64_t, std::int64_t> higher_;               // and it was, while that was to be reckoned with: to what
  std::map<std::int64_t, std::int64_t> sent_limits_, planned_limits_;  // runs that have sent one, that were to; which
  std::map<std::int64_t, std::pair<std::string, std::string>>
      groups_asked_;                                          // of those that set a limit; and their types
  std::set<std::string> told_;                                // groups and types of those that Chat answered
  std::set<std::int64_t> answered_limits_;                    // and were told that it is done
  std::map<std::int64_t, int> refused_limits_;                // and were refused it, with which code; 0: too fast
  std::set<std::int64_t> raises_planned_, taught_;            // runs that have been seen to
  std::map<std::string, TimeMs> noted_at_;                    // by group: when its leader last listed it for that
  std::set<std::string> believed_gone_;
  std::set<std::string> gone_;  // groups that were destroyed, or that an answer called gone
};

}  // namespace headroom::model
