#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chatsim {

// Times are Unix seconds, as on the wire [34948].
struct Member {
  std::string account;
  std::string role = "Member";  // Owner, Admin or Member
  std::int64_t join_time_s = 0;
  std::int64_t last_sent_s = 0;   // 0 = never sent
  std::int64_t msg_seq = 0;       // newest message that was read
  std::int64_t mute_until_s = 0;  // 0 = may speak
};

// What a group is made of; `type` is one of the wire's names.
struct GroupSpec {
  std::string id;
  std::string type = "Public";
  std::string name;
  std::int64_t max_members = 200;
  std::int64_t next_msg_seq = 1;
  std::int64_t create_time_s = 0;  // 0 = now
  std::vector<Member> members;     // the first with the role Owner owns the group
  std::int64_t last_msg_s = 0;     // 0 = when a member spoke last
  bool mute_all = false;
};

struct GroupInfo {
  std::string id;
  std::string type;
  std::string name;
  std::string owner;  // empty: nobody
  std::int64_t max_members = 0;
  std::int64_t member_num = 0;
  std::int64_t next_msg_seq = 1;
  std::int64_t create_time_s = 0;
  std::int64_t last_msg_s = 0;  // 0 = no message ever
  bool mute_all = false;

  bool unlimited() const { return type == "AVChatRoom"; }
  bool full() const { return !unlimited() && member_num >= max_members; }
};

// Private (Work), Public, ChatRoom (Meeting), AVChatRoom, Community.
bool is_group_type(std::string_view type);

// Printable ASCII; at most 48 bytes of a custom id, 64 of one that Chat assigned (`@TGS#…`), and no topic.
bool is_group_id(std::string_view id);

}  // namespace chatsim
