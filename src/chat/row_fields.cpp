#include "chat/row_fields.h"

#include <algorithm>
#include <limits>

#include "headroom/event.h"

namespace headroom::reply_parser {
namespace {

using rapidjson::Value;

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

constexpr std::int64_t kForEver = std::numeric_limits<std::uint32_t>::max();  // as Chat has it, of a mute's end

// A mute's fields have had other names, and a version between may send both. What is there and can not be read, or
// contradicts itself, is a mute: who may perhaps not speak is not silent of their own accord. nullopt: no such field.
template <typename Read, typename Muted>
std::optional<Muted> mute_field(const Value& row, std::string_view name, std::string_view former, Read read,
                                Muted muted) {
  const bool is_named = count_fields(row, name) > 0;
  const bool is_named_as_before = count_fields(row, former) > 0;
  if (!is_named && !is_named_as_before) return std::nullopt;
  const auto value = read(row, is_named ? name : former);
  if (is_named && is_named_as_before && value != read(row, former)) return muted;
  return value.value_or(muted);
}

std::optional<bool> switch_field(const Value& row, std::string_view name) {
  const std::optional<std::string> word = string_field(row, name);
  if (word == "On") return true;
  if (word == "Off") return false;
  return std::nullopt;
}

}  // namespace

std::optional<int> error_code(const Value& object) {
  if (count_fields(object, "ErrorCode") != 1) return std::nullopt;
  const std::optional<std::int64_t> code = integer_field(object, "ErrorCode");
  if (!code || *code < std::numeric_limits<int>::min() || *code > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(*code);
}

// Control characters could make one name look like another.
std::optional<std::string> name_field(const Value& row, std::string_view field, std::size_t max_bytes) {
  std::optional<std::string> name = string_field(row, field);
  if (!name || name->empty() || name->size() > max_bytes) return std::nullopt;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(*name, is_control)) return std::nullopt;
  return name;
}

Role role_field(const Value& row) {
  const std::optional<std::string> text = string_field(row, "Role");
  if (!text) return Role::kAbsent;
  const std::string word = trimmed(*text);  // an official sample has "Member "
  if (word == "Member") return Role::kMember;
  if (word == "Admin") return Role::kAdmin;
  if (word == "Owner") return Role::kOwner;
  if (word == "NotMember") return Role::kNotMember;
  return Role::kOther;
}

// Two names of it that do not say the same say nothing: nobody is called offline by half an answer.
Presence presence_field(const Value& row) {
  constexpr std::string_view kName = "Status", kFormer = "State";  // the latter in older versions
  const bool is_named = count_fields(row, kName) > 0;
  const std::optional<std::string> text = string_field(row, is_named ? kName : kFormer);
  const std::string word = text ? trimmed(*text) : std::string();
  if (is_named && count_fields(row, kFormer) > 0) {
    const std::optional<std::string> former = string_field(row, kFormer);
    if (!former || trimmed(*former) != word) return Presence::kUnknown;
  }
  if (word == "Online") return Presence::kOnline;
  if (word == "PushOnline") return Presence::kPushOnline;
  if (word == "Offline") return Presence::kOffline;
  return Presence::kUnknown;
}

AddResult add_result(const Value& row) {
  const std::optional<std::int64_t> result = integer_field(row, "Result");
  if (result == 1) return AddResult::kAdded;
  if (result == 2) return AddResult::kAlreadyMember;
  if (result == 3) return AddResult::kPending;
  return AddResult::kFailed;
}

std::optional<Member> read_member(const Value& row) {
  const std::optional<std::string> account = name_field(row, "Member_Account", kMaxAccountBytes);
  if (!account) return std::nullopt;
  return Member{*account,
                role_field(row),
                count_field(row, "JoinTime"),
                count_field(row, "LastSendMsgTime"),
                count_field(row, "MsgSeq"),
                mute_field(row, "MuteUntil", "ShutUpUntil", count_field, kForEver)};
}

std::optional<GroupInfo> read_group(const Value& row) {
  const std::optional<std::string> group_id = name_field(row, "GroupId", kMaxGroupIdBytes);
  const std::optional<int> code = error_code(row);
  if (!group_id || !code) return std::nullopt;
  return GroupInfo{*group_id,
                   *code,
                   shown_field(row, "Type"),
                   shown_field(row, "Name"),
                   count_field(row, "MemberNum"),
                   count_field(row, "MaxMemberNum"),
                   count_field(row, "NextMsgSeq"),
                   count_field(row, "LastMsgTime"),
                   mute_field(row, "MuteAllMember", "ShutUpAllMember", switch_field, true)};
}

Member unknown_member(const std::string& account) {
  Member member;
  member.account = account;
  return member;
}

}  // namespace headroom::reply_parser
