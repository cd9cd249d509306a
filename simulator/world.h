#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "simulator/clock.h"
#include "simulator/group.h"
#include "simulator/ledger.h"
#include "simulator/webhook_event.h"

namespace chatsim {

enum class JoinOutcome { kJoined, kAlreadyMember, kRefusedFull, kNoGroup };
enum class Presence { kOffline, kOnline, kPushOnline };

// What add_group_member answers: Chat's code, and with code 0 a result per account [34921].
struct AddOutcome {
  int code = 0;
  std::vector<std::pair<std::string, int>> results;
};

// What modify_group_base_info makes of a limit above what the app's plan allows for the group's type: refuses it with
// 10038, or says OK and sets the ceiling.
struct Ceiling {
  std::int64_t max_members = 0;
  bool cuts = false;
};

// A page of members; `next` is the position of the first member behind it, 0 when there is none.
struct MemberSlice {
  std::vector<Member> members;
  std::uint64_t next = 0;
};

// Groups, members and accounts of one app. Every operation is atomic, recorded in the ledger and reported as webhook
// events to the sink; the sink is called under the world's lock, so events come in ledger order and it must not call
// back. Operations return false (or nothing) for an unknown group or member.
class World {
 public:
  using Sink = std::function<void(WebhookEvent)>;
  using Accept = std::function<bool(const Member&)>;

  World(Clock clock, Sink sink) : clock_(std::move(clock)), sink_(std::move(sink)) {}

  // Groups made by a rule, `prefix` and a number: they take no memory, and nothing ever happens in them. The first of
  // each `full_every` is full, the others have one seat left. Only for listings and get_group_info.
  struct Range {
    std::string prefix;
    std::string type = "Public";
    std::uint64_t count = 0;
    std::uint64_t full_every = 1000;
    std::int64_t max_members = 200;
  };
  void add_range(const Range& range);

  // False for a taken or illegal id, an unknown type, doubled members, or more members than seats. Fires nothing.
  bool create_group(const GroupSpec& spec);
  bool destroy(const std::string& group_id);
  bool set_max(const std::string& group_id, std::int64_t max_members);

  // The plan's limit for groups of a type; those that are there keep theirs. From the start: 6000, of a Community
  // 1,000,000 [33529].
  void set_ceiling(const std::string& type, const Ceiling& ceiling);
  // What Chat makes of a limit below the number of members is not documented: 10004, unless it is allowed here.
  void allow_limit_below_members(bool allow);

  // What users do. A join that fills the group, or is refused because it is full, fires AfterGroupFull.
  JoinOutcome join(const std::string& group_id, const std::string& account);
  bool leave(const std::string& group_id, const std::string& account);
  bool rejoin(const std::string& group_id, const std::string& account);
  bool speak(const std::string& group_id, const std::string& account);
  // Up to this message, or to the newest; nobody unreads.
  bool read(const std::string& group_id, const std::string& account,
            std::int64_t up_to = std::numeric_limits<std::int64_t>::max());
  bool promote(const std::string& group_id, const std::string& account, const std::string& role = "Admin");
  // Nobody is kept from speaking by either. `until_s`: Unix seconds, 0 = may speak again.
  bool mute(const std::string& group_id, const std::string& account, std::int64_t until_s);
  bool mute_all(const std::string& group_id, bool on);
  // `count` messages that change no member's record (imported, or sent by the app).
  bool add_messages(const std::string& group_id, std::int64_t count);

  // An account exists from its first join or presence on.
  void set_presence(const std::string& account, Presence presence);
  std::optional<Presence> presence(const std::string& account) const;
  // 1 = can be added (the default), 0 = fails, 3 = has to confirm first.
  void set_add_result(const std::string& account, int result);
  bool delete_account(const std::string& account);

  // What the REST API does. `remove` returns who was removed; others in the list are passed over silently [34949].
  std::vector<std::string> remove(const std::string& group_id, const std::vector<std::string>& accounts,
                                  const std::string& admin);
  AddOutcome add(const std::string& group_id, const std::vector<std::string>& accounts, const std::string& admin);
  // Chat's code. For an AVChatRoom the limit means nothing, and nothing is set [34962].
  int modify_max(const std::string& group_id, std::int64_t max_members);

  std::optional<GroupInfo> group(const std::string& group_id) const;
  std::vector<GroupInfo> groups() const;  // without those of ranges
  // Groups by creation, from position `from` on (0 = the first); second: position to go on from, 0 = done.
  std::pair<std::vector<GroupInfo>, std::uint64_t> list_groups(const std::string& type, std::uint64_t from,
                                                               std::size_t limit) const;
  std::size_t count_groups(const std::string& type) const;
  std::optional<Member> member(const std::string& group_id, const std::string& account) const;
  std::vector<Member> members(const std::string& group_id) const;
  MemberSlice members_by_offset(const std::string& group_id, std::size_t offset, std::size_t limit,
                                const Accept& accept) const;
  MemberSlice members_from(const std::string& group_id, std::uint64_t position, std::size_t limit,
                           const Accept& accept) const;

  std::vector<LedgerEntry> ledger(std::uint64_t after = 0, std::size_t limit = Ledger::kMaxEntries) const;
  // Changes so far, those that the ledger could not keep included.
  std::uint64_t ledger_size() const;
  std::int64_t now_ms() const { return clock_(); }

 private:
  struct Room {
    GroupInfo info;
    std::uint64_t number = 0;
    std::map<std::uint64_t, Member> members;  // by position, which only grows
    std::unordered_map<std::string, std::uint64_t> positions;
  };
  struct Numbered {  // a range, and the number of its first group among all groups
    Range range;
    std::uint64_t first = 0;
  };
  struct Account {
    Presence presence = Presence::kOffline;
    int add_result = 1;
  };

  static GroupInfo group_in(const Range& range, std::uint64_t index);
  std::optional<GroupInfo> group_by_rule(const std::string& group_id) const;
  const Room* find(const std::string& group_id) const;
  Room* find(const std::string& group_id);
  Member* find_member(const std::string& group_id, const std::string& account);
  void insert(Room& room, Member member);
  bool erase(Room& room, const std::string& account);
  void erase_and_report(Room& room, const std::string& account);
  JoinOutcome join_locked(Room& room, const std::string& account);
  void record(Change change, const Room& room, std::vector<std::string> accounts);
  void report(const Room& room, const std::string& command, const std::string& platform,
              decltype(WebhookEvent::fields) fields);
  void report_full(const Room& room, const std::string& platform);
  void report_join(const Room& room, const std::string& by, const std::vector<std::string>& who, bool by_rest);
  static MemberSlice slice(const Room& room, std::map<std::uint64_t, Member>::const_iterator at, std::size_t skip,
                           std::size_t limit, const Accept& accept);

  const Clock clock_;
  const Sink sink_;

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Room> rooms_;
  std::map<std::uint64_t, std::string> by_number_;
  std::vector<Numbered> ranges_;  // by number
  std::unordered_map<std::string, Account> accounts_;
  std::map<std::string, Ceiling> ceilings_;  // by type
  bool limit_below_members_ = false;
  Ledger ledger_;
  // Beyond 32 and 53 bits, so that a client that keeps cursors in too small a type is found out.
  std::uint64_t next_group_ = 4'454'685'361;
  std::uint64_t next_position_ = 144'115'265'295'492'787;
};

}  // namespace chatsim
