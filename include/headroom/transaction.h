#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "headroom/kept_answer.h"
#include "headroom/lease.h"
#include "headroom/raise.h"
#include "headroom/read_view.h"
#include "headroom/scope.h"

namespace headroom {

// What a job may do. Whether it comes to be is the Store's to say: a job can neither begin nor commit. What ReadView's
// calls of this object show includes what was done.
class Transaction : public ReadView {
 public:
  // The new id, or nullopt when it repeats a stored event (same fingerprint).
  virtual std::optional<std::int64_t> insert_event(const Event& event) = 0;
  // Inserts when group.id is 0. Returns the id.
  virtual std::int64_t save_group(const Group& group) = 0;
  // The same for a group that is stored, of which only full_events and last_full_at have changed; cheaper.
  virtual void save_full_events(const Group& group) = 0;
  virtual void delete_group(const std::string& group_id) = 0;

  // The same for many at once, which is one statement each where the store is far away: one that fails there is not
  // undone alone, it ends the transaction. Who calls them in this order waits for no other who does so, too, and waits
  // for it.
  struct Arrival {
    const Event* event = nullptr;  // of a full group
    bool counts = true;            // for its group, too, where that changes nothing but its counters (is_only_counted)
  };
  struct Arrived {
    // nullopt: it repeats one that is stored, or one before it (same fingerprint, or the intake_id of the same
    // receipt).
    std::optional<std::int64_t> id;
    // Its group is counted with all that are new of it, and saved. Never where a new one does not count.
    bool counted = false;
  };
  // In their order, also the results and the ids.
  virtual std::vector<Arrived> insert_events(std::span<const Arrival> events) = 0;
  // Those that are stored, by id; nobody else changes them before this transaction ends.
  virtual std::vector<Group> lock_groups(std::span<const std::string> group_ids) = 0;
  // Different ones. Returns the ids, in their order. kConflict: another has stored one that is new here.
  virtual std::vector<std::int64_t> save_groups(std::span<const Group> groups) = 0;

  virtual std::int64_t insert_run(const Run& run) = 0;  // returns the id
  // In plan order: selected ones first, the first to go first. Once per run.
  virtual void insert_run_members(std::int64_t run_id, const std::vector<RunMember>& members) = 0;
  // Everything but id, group, trigger and created_at.
  virtual void update_run(const Run& run) = 0;
  // Of the selected members who were neither sent nor settled keeps the first `limit`; the others become kept ones, as
  // kOverLimit.
  virtual void shorten_plan(std::int64_t run_id, std::int64_t limit) = 0;
  virtual void mark_sent(std::int64_t run_id, const std::vector<std::string>& accounts, TimeMs now) = 0;
  // Those that were not sent after all: nothing went out, or Chat refused the whole call. They cost no limit.
  virtual void unmark_sent(std::int64_t run_id, const std::vector<std::string>& accounts) = 0;
  // The run means to send nothing more and reserves nothing: it is to be closed by looking. Adds what was tried in
  // vain.
  virtual void add_doubt(std::int64_t run_id, std::int64_t vain_looks, DurationMs over) = 0;
  virtual void finish_member(std::int64_t run_id, const std::string& account, Outcome outcome, int error_code) = 0;
  // Removed members that were seen in their group again, and whom nobody restored. Returns how many of them are news.
  virtual std::int64_t note_rejoined(const std::string& group_id, const std::vector<std::string>& accounts,
                                     TimeMs now) = 0;
  // Removed members that have been in their group again since: all that is known, say, of one who has left it.
  virtual void note_back(const std::string& group_id, const std::vector<std::string>& accounts, TimeMs now) = 0;

  // Replaces what is remembered of the group's members: of the others only those stay whose MsgSeq was seen to move at
  // `moved_after` or later.
  virtual void note_first_looks(const std::string& group_id, const std::vector<NotedLook>& looks, TimeMs now,
                                TimeMs moved_after) = 0;

  // In place of what was learned of the same group or type.
  virtual void learn_ceiling(const LearnedCeiling& ceiling, TimeMs now) = 0;
  // Those of the group and of its type that are lower: Chat has set this limit.
  virtual void forget_ceilings(const std::string& group_id, std::optional<GroupType> type, std::int64_t limit) = 0;

  // Inserts, or replaces the reason and expiry of the same subject (id and created_at stay, unless that one was over by
  // the new one's created_at). Returns it as stored.
  virtual Exemption put_exemption(const Exemption& exemption) = 0;
  virtual bool delete_exemption(ExemptionKind kind, const std::string& subject) = 0;

  virtual std::int64_t insert_audit(const AuditEntry& entry) = 0;  // returns the id
  // Keeps the newest kMaxSweeps; at most one of them is running. Returns the id.
  static constexpr std::int64_t kMaxSweeps = 1000;
  virtual std::int64_t insert_sweep(const Sweep& sweep) = 0;
  // Everything but id, dry_run and started_at.
  virtual void update_sweep(const Sweep& sweep) = 0;

  // Inserts when growth.id is 0. Returns the id.
  virtual std::int64_t save_growth(const Growth& growth) = 0;
  virtual bool delete_growth(const std::string& group_id) = 0;

  // The answer of that key, if it is younger than that.
  virtual std::optional<KeptAnswer> find_answer(const RequestKey& key, TimeMs created_after) = 0;
  virtual void keep_answer(const RequestKey& key, const KeptAnswer& answer, TimeMs now) = 0;
  virtual std::int64_t kept_answers() = 0;  // at most so many are kept

  virtual void put_setting(const std::string& key, const std::optional<std::string>& value) = 0;

  // The lead of one node over the others, by the store's own clock. Taken where nobody has it, or where its time and
  // its holder's drain are over: the new fence, which is larger than any before. nullopt: another has it.
  virtual std::optional<std::int64_t> take_lease(const LeaseClaim& claim) = 0;
  // Begins its time anew, also when that was over. False: another has taken it.
  virtual bool renew_lease(const LeaseClaim& claim, std::int64_t fence) = 0;
  // Nothing of the holder's is under way: nobody needs to wait for its end.
  virtual void give_back_lease(std::int64_t fence) = 0;
  // Nobody has taken it since, nor can before this transaction ends.
  virtual bool holds_lease(std::int64_t fence) = 0;

  // What this node says of itself; seen_at is the store's time.
  virtual void note_node(const NodeState& node) = 0;
  // Nodes that nobody has seen for so long, by the store's clock.
  virtual int forget_nodes(DurationMs unseen_for) = 0;
  // Those of them that were former starts of this one, by their name: it has what they left.
  virtual int forget_former(const NodeState& node, DurationMs unseen_for) = 0;
  // It has ended, and left nothing.
  virtual void forget_node(const std::string& id) = 0;

  // Retention, at most `limit` rows a call; returns how many went.
  virtual int delete_exemptions_before(TimeMs expired_before, int limit) = 0;
  // Events are as old as the later of received_at and event_time, if that is no later than `newest`. Looks at `limit`
  // of those that were received before, by received_at, and deletes them unless their event_time is younger.
  struct ForgottenEvents {
    int seen = 0;
    int deleted = 0;
    TimePosition last;  // that it has seen
  };
  virtual ForgottenEvents forget_events(TimeMs before, TimeMs newest, const TimePosition& after, int limit) = 0;
  virtual int delete_answers_before(TimeMs created_before, int limit) = 0;
  // Groups that no sweep has seen filling up since: they are forgotten; and they keep their points, but nobody is told
  // any more when they will be full.
  virtual int delete_growth_before(TimeMs seen_before, int limit) = 0;
  virtual int drop_forecasts_before(TimeMs seen_before, int limit) = 0;
  virtual int delete_ceilings_before(TimeMs learned_before, int limit) = 0;
  // Of what no plan has noted since.
  virtual int delete_first_looks_before(TimeMs noted_before, int limit) = 0;
  virtual int delete_kept_members_before(TimeMs created_before, int limit) = 0;
  // Counters of hours that were over by then, kept for each node that has counted, become one for all. At most `limit`
  // of them; returns how many.
  virtual int fold_counters(TimeMs over_by, int limit) = 0;
  // Forgets the longest known groups that Chat never confirmed, while there are more than `keep` of them.
  virtual int evict_unconfirmed_groups(std::int64_t keep, int limit) = 0;
};

}  // namespace headroom
