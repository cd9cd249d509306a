#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/gate/leadership.h"
#include "headroom/chat_api.h"
#include "simulator/world.h"
#include "tests/model/faults.h"
#include "tests/model/oracle.h"
#include "tests/model/sight.h"
#include "tests/model/timeline.h"
#include "tests/model/turnstiles.h"

namespace headroom::model {

// Chat, its users and its weather: what lives on when the daemon dies.
struct Outside {
  Dice& dice;
  Timeline& timeline;
  chatsim::World& world;
  Faults& faults;
  Oracle& oracle;
  Trace& trace;
  // A call on its way: time for others to do something about the group or the accounts.
  struct Passing {
    std::string call;
    std::string group_id;
    std::vector<std::string> accounts;
    TimeMs from = 0;
    TimeMs to = 0;
  };
  std::function<void(const Passing&)> stir;
  // Chat may call somebody who was added again a member since the first time: account and the JoinTimes, real and
  // shown.
  struct OldJoin {
    std::int64_t real_s = 0;
    std::int64_t shown_s = 0;
  };
  bool remembers_joins = false;
  Dice capacity_dice{0};  // of its own: a world without raises is what it would be without it
  double slow = 0.02;     // calls that take long
  double sickness = 0;    // chance that a group shows no members any more once some were sent to delete
  Turnstiles turnstiles = {};
  std::map<std::pair<std::string, std::string>, OldJoin> old_joins = {};  // by group and account

  TimeMs wall() const { return oracle.clock.wall(timeline.now()); }

  Member row_of(const std::string& group_id, const chatsim::Member& member) const;
  void note_removal(const std::string& group_id, const std::vector<std::string>& accounts);
  void note_return(const std::string& group_id, const std::vector<std::string>& accounts);
};

Role role_of(const std::string& role);

// The REST API as one worker has it: travels through virtual time, fails by the weather, tells the sight what it
// showed and asks the oracle before it deletes.
class WorldChat final : public ChatApi {
 public:
  // `writer`: by whose term it calls.
  WorldChat(Outside& outside, Sight& sight, const bool& cancelled, const LeadersWriter& writer)
      : outside_(outside), sight_(sight), cancelled_(cancelled), writer_(writer) {}

  Answer<std::vector<GroupInfo>> get_group_info(const std::vector<std::string>& group_ids) override;
  Answer<MemberPage> get_group_member_info(const MemberQuery& query) override;
  Answer<std::vector<Member>> get_specified_group_member_info(const std::string& group_id,
                                                              const std::vector<std::string>& accounts) override;
  Answer<std::map<std::string, Role>> get_role_in_group(const std::string& group_id,
                                                        const std::vector<std::string>& accounts) override;
  Answer<std::map<std::string, Presence>> query_online_status(const std::vector<std::string>& accounts) override;
  Answer<Nothing> delete_group_member(const std::string& group_id, const std::vector<std::string>& accounts,
                                      bool silence, const std::string& reason, const MaySend& may_send) override;
  Answer<Nothing> modify_group_base_info(const std::string& group_id, std::int64_t max_member_num,
                                         const MaySend& may_send) override;
  bool await_delete_turn() override;
  SteadyMs last_sent_at() const override { return {sent_at_}; }
  Answer<std::map<std::string, AddResult>> add_group_member(const std::string& group_id,
                                                            const std::vector<std::string>& accounts,
                                                            bool silence) override;
  Answer<GroupListPage> get_appid_group_list(const std::string& type, std::uint64_t next) override;
  std::optional<DurationMs> clock_offset() const override { return sight_.offset; }

 private:
  // Waits for its turn, sends a call that `apply` answers at the world, and waits for it. `sends` is asked right
  // before it goes out, and may keep it.
  template <typename T>
  Answer<T> call(const char* name, const CallFault& fault, const std::string& group_id,
                 const std::vector<std::string>& accounts, std::function<Answer<T>()> apply,
                 const std::function<bool()>& sends = {});
  template <typename T>
  Answer<T> refusal(const CallFault& fault) const;
  // False: nobody waits for it any more.
  bool wait_for_turn(const char* name, const std::string& group_id, const std::vector<std::string>& accounts);
  // Now and then that takes a while. False as above.
  bool connect();
  void heard(const char* name, const CallFault& fault, const std::string& group_id, ChatOutcome outcome, int code);
  CallFault draw(const std::string& name, bool deletes = false);
  // The same of a call for this group, which may be sick.
  CallFault draw_for(const std::string& name, const std::string& group_id);
  void lose(const CallFault& fault, std::vector<Member>& rows);
  std::vector<std::string> doubles(const CallFault& fault, std::vector<std::string> accounts);
  void note_believable_lies(const std::vector<GroupInfo>& infos);
  void see_groups(const std::vector<GroupInfo>& infos);
  void see_page(const MemberPage& page, const std::string& group_id, const std::vector<std::string>& doubled);

  Outside& outside_;
  Sight& sight_;
  const bool& cancelled_;
  const LeadersWriter& writer_;
  TimeMs sent_at_ = 0;                     // the newest call
  std::set<std::int64_t> sent_unanswered_;  // runs that have set a limit, and nobody said so
};

}  // namespace headroom::model
