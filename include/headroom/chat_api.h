#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/chat_errors.h"
#include "headroom/clock.h"
#include "headroom/member.h"
#include "headroom/types.h"

namespace headroom {

// One answer of Chat. `value` holds something only when `outcome` is kDone.
template <typename T>
struct Answer {
  ChatOutcome outcome = ChatOutcome::kOutcomeUnknown;
  int code = 0;        // Chat's ErrorCode; 0 when there was no (readable) answer
  std::string detail;  // for the log: what was wrong, never a secret, never Chat's own text unescaped
  T value{};

  bool done() const { return outcome == ChatOutcome::kDone; }
};

// [34961]; error_code is the group's own: the outer one means nothing in this call.
struct GroupInfo {
  std::string group_id;
  int error_code = 0;
  std::string type;
  std::string name;
  std::optional<std::int64_t> member_num;
  std::optional<std::int64_t> max_member_num;
  std::optional<std::int64_t> next_msg_seq;
  std::optional<std::int64_t> last_msg_time_s = {};  // Unix seconds; 0 = no message ever
  std::optional<bool> mute_all = {};
  bool operator==(const GroupInfo&) const = default;
};

// [34948]. Ordinary groups are paged by offset; a Community by `next`, "" first, finished when the answer's is "".
struct MemberQuery {
  std::string group_id;
  bool community = false;
  std::int64_t offset = 0;
  std::string next;
  int limit = 100;
};
struct MemberPage {
  std::vector<Member> members;  // each account once
  std::optional<std::int64_t> member_num;
  std::string next;
  std::int64_t rows = 0;  // of the page, also those that could not be read
};

// [34921] Result of one account: 0 failed, 1 added, 2 already a member, 3 waiting for the invitee.
enum class AddResult { kFailed = 0, kAdded = 1, kAlreadyMember = 2, kPending = 3 };

struct GroupListPage {
  std::vector<std::string> group_ids;
  std::uint64_t next = 0;  // 0: finished
  std::int64_t total = 0;
};

inline constexpr std::size_t kMaxGroupsPerLook = 50;       // get_group_info
inline constexpr std::size_t kMaxAccountsPerLook = 50;     // get_specified_group_member_info
inline constexpr std::size_t kMaxAccountsPerStatus = 500;  // query_online_status, get_role_in_group

// Asked when a call that removes somebody or sets a limit is about to go out, with nothing left to wait for: false, and
// nothing is sent.
using MaySend = std::function<bool()>;

// The calls of Chat's REST API that headroom makes, each blocking until it is answered, timed out or cancelled.
// An object belongs to one thread at a time. Each call waits for its turn at the rate limit, signs itself, and re-signs
// once when the credentials are rejected; it is never repeated for another reason: that is the caller's decision.
class ChatApi {
 public:
  virtual ~ChatApi() = default;

  // At most 50 ids. Groups that the answer leaves out are missing in the value too.
  virtual Answer<std::vector<GroupInfo>> get_group_info(const std::vector<std::string>& group_ids) = 0;
  virtual Answer<MemberPage> get_group_member_info(const MemberQuery& query) = 0;
  // At most 50 accounts. Accounts that are no members are missing in the value.
  virtual Answer<std::vector<Member>> get_specified_group_member_info(const std::string& group_id,
                                                                      const std::vector<std::string>& accounts) = 0;
  // At most 500 accounts.
  virtual Answer<std::map<std::string, Role>> get_role_in_group(const std::string& group_id,
                                                                const std::vector<std::string>& accounts) = 0;
  // At most 500 accounts. Accounts that the answer leaves out, or lists as errors, are missing in the value.
  virtual Answer<std::map<std::string, Presence>> query_online_status(const std::vector<std::string>& accounts) = 0;
  // Waits for the delete call's turn at the rate limit. Taken before the last looks, so that they do not grow old
  // behind them; the call itself waits again only where others have come together. False: there is no turn, the daemon
  // stops.
  virtual bool await_delete_turn() = 0;
  virtual Answer<Nothing> delete_group_member(const std::string& group_id, const std::vector<std::string>& accounts,
                                              bool silence, const std::string& reason, const MaySend& may_send) = 0;
  // Sets the group's limit; nothing else of it [34962].
  virtual Answer<Nothing> modify_group_base_info(const std::string& group_id, std::int64_t max_member_num,
                                                 const MaySend& may_send) = 0;
  virtual Answer<std::map<std::string, AddResult>> add_group_member(const std::string& group_id,
                                                                    const std::vector<std::string>& accounts,
                                                                    bool silence) = 0;
  // At most 10000 ids a page, one call a second. `type`: empty for all.
  virtual Answer<GroupListPage> get_appid_group_list(const std::string& type, std::uint64_t next) = 0;

  // When the newest request went out, after all that it waited for.
  virtual SteadyMs last_sent_at() const = 0;
  // Chat's clock minus ours, from the `Date` of the newest answer; nullopt until an answer carried one.
  virtual std::optional<DurationMs> clock_offset() const = 0;
};

}  // namespace headroom
