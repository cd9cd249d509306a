#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <set>

#include "chat/reply_parser.h"
#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"

// The body of an answer of Chat. The first byte of the input names the call that it answers, `a` to `h`.
namespace headroom {
namespace {

const std::vector<std::string> kAccounts = {"u1", "u2", "u3", "@TGS#1", "a b"};
const std::vector<std::string> kGroups = {"@TGS#1", "@TGS#2", "g1"};

bool is_asked(const std::vector<std::string>& asked, const std::string& name) {
  return std::find(asked.begin(), asked.end(), name) != asked.end();
}

bool is_name(const std::string& name, std::size_t most) {
  return !name.empty() && name.size() <= most && !has_control(name);
}

template <typename T>
bool is_count(const std::optional<T>& number) {
  return !number || *number >= 0;
}

// What every answer keeps to; false when there is no value to look at.
template <typename T>
bool require_answer(const Answer<T>& answer) {
  REQUIRE(answer.detail.size() <= 400 && !has_control(answer.detail));
  REQUIRE(answer.outcome != ChatOutcome::kOutcomeUnknown || answer.code == 0 ||
          classify(answer.code) == ChatOutcome::kOutcomeUnknown);
  REQUIRE(!answer.done() || (answer.code == 0 && answer.detail.empty()));
  return answer.done();
}

void require_member(const Member& member) {
  REQUIRE(is_name(member.account, 256));
  REQUIRE(is_count(member.join_time_s) && is_count(member.last_sent_time_s) && is_count(member.msg_seq));
  REQUIRE(is_count(member.mute_until_s));
}

void require_groups(std::string_view body) {
  const auto answer = reply_parser::get_group_info(body, kGroups);
  if (!require_answer(answer)) return REQUIRE(answer.value.empty());
  std::set<std::string> seen;
  for (const GroupInfo& group : answer.value) {
    REQUIRE(is_asked(kGroups, group.group_id) && seen.insert(group.group_id).second);
    REQUIRE(is_count(group.member_num) && is_count(group.max_member_num) && is_count(group.next_msg_seq));
    REQUIRE(is_count(group.last_msg_time_s));
  }
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(Writer& writer, const char* name, const std::optional<std::int64_t>& number) {
  if (!number) return;
  writer.Key(name);
  writer.Int64(*number);
}

// The page as Chat would send it, if it sent only what was understood.
std::string written(const MemberPage& page) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  write(writer, "ErrorCode", 0);
  write(writer, "MemberNum", page.member_num);
  writer.Key("Next");
  writer.String(page.next);
  writer.Key("MemberList");
  writer.StartArray();
  for (const Member& member : page.members) {
    writer.StartObject();
    writer.Key("Member_Account");
    writer.String(member.account);
    write(writer, "JoinTime", member.join_time_s);
    write(writer, "LastSendMsgTime", member.last_sent_time_s);
    write(writer, "MsgSeq", member.msg_seq);
    write(writer, "MuteUntil", member.mute_until_s);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return buffer.GetString();
}

void require_page(std::string_view body, bool community) {
  MemberQuery query;
  query.community = community;
  query.next = community ? "17" : "";
  const auto answer = reply_parser::get_group_member_info(body, query);
  if (!require_answer(answer)) return REQUIRE(answer.value.members.empty());
  const MemberPage& page = answer.value;
  REQUIRE(is_count(page.member_num) && page.next.size() <= 256);
  REQUIRE(page.next.empty() || (community && page.next != query.next));
  std::set<std::string> seen;
  for (const Member& member : page.members) {
    require_member(member);
    REQUIRE(seen.insert(member.account).second);
  }
  const auto again = reply_parser::get_group_member_info(written(page), query);
  REQUIRE(again.done() && again.value.next == page.next && again.value.member_num == page.member_num);
  REQUIRE(std::equal(page.members.begin(), page.members.end(), again.value.members.begin(), again.value.members.end(),
                     [](const Member& one, const Member& other) {
                       return one.account == other.account && one.join_time_s == other.join_time_s &&
                              one.last_sent_time_s == other.last_sent_time_s && one.msg_seq == other.msg_seq &&
                              one.mute_until_s == other.mute_until_s;
                     }));
}

void require_specified(std::string_view body) {
  const auto answer = reply_parser::get_specified_group_member_info(body, kAccounts);
  if (!require_answer(answer)) return REQUIRE(answer.value.empty());
  std::set<std::string> seen;
  for (const Member& member : answer.value) {
    require_member(member);
    REQUIRE(is_asked(kAccounts, member.account) && seen.insert(member.account).second);
    REQUIRE(member.role != Role::kNotMember);
  }
}

void require_roles(std::string_view body) {
  const auto answer = reply_parser::get_role_in_group(body, kAccounts);
  if (!require_answer(answer)) return REQUIRE(answer.value.empty());
  for (const auto& [account, role] : answer.value) REQUIRE(is_asked(kAccounts, account));
}

void require_presences(std::string_view body) {
  const auto answer = reply_parser::query_online_status(body, kAccounts);
  if (!require_answer(answer)) return REQUIRE(answer.value.empty());
  for (const auto& [account, presence] : answer.value) {
    REQUIRE(is_asked(kAccounts, account) && presence != Presence::kUnknown);
  }
}

void require_added(std::string_view body) {
  const auto answer = reply_parser::add_group_member(body, kAccounts);
  if (!require_answer(answer)) return REQUIRE(answer.value.empty());
  // Who comes twice with different results is left out: nothing is known of them.
  for (const auto& [account, result] : answer.value) REQUIRE(is_asked(kAccounts, account));
}

void require_list(std::string_view body) {
  constexpr std::uint64_t kAsked = 17;
  const auto answer = reply_parser::get_appid_group_list(body, kAsked);
  if (!require_answer(answer)) return REQUIRE(answer.value.group_ids.empty());
  REQUIRE(answer.value.next != kAsked && answer.value.total >= 0);
  std::set<std::string> seen;
  for (const std::string& id : answer.value.group_ids) REQUIRE(is_name(id, 128) && seen.insert(id).second);
}

void require_safe(std::string_view text) {
  const std::string safe = reply_parser::safe_text(text);
  REQUIRE(safe.size() <= 300 && !has_control(safe) && (text.empty() || !safe.empty()));
}

}  // namespace
}  // namespace headroom

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom;
  std::string_view body = text_of(data, size);
  const char call = body.empty() ? 'a' : body.front();
  body.remove_prefix(body.empty() ? 0 : 1);
  require_safe(body);
  switch (call) {
    case 'a':
      require_groups(body);
      break;
    case 'b':
      require_page(body, false);
      break;
    case 'c':
      require_page(body, true);
      break;
    case 'd':
      require_specified(body);
      break;
    case 'e':
      require_roles(body);
      break;
    case 'f':
      require_presences(body);
      break;
    case 'g':
      require_added(body);
      break;
    case 'h':
      require_list(body);
      break;
    default:
      require_answer(reply_parser::delete_group_member(body));
      require_answer(reply_parser::modify_group_base_info(body));
  }
  return 0;
}
