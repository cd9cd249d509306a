#include "tests/model/hostile.h"

#include <algorithm>
#include <optional>

#include "chat/reply_parser.h"

namespace headroom::model::hostile {
namespace {

constexpr const char* kOk = R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0)";

std::string text(const std::string& name) { return "\"" + name + "\""; }  // of the model's names: nothing to escape

void number(std::string& row, const char* field, const std::optional<std::int64_t>& value) {
  if (value) row += std::string(",\"") + field + "\":" + std::to_string(*value);
}

const char* word(Role role) {
  switch (role) {
    case Role::kMember:
      return "Member";
    case Role::kAdmin:
      return "Admin";
    case Role::kOwner:
      return "Owner";
    case Role::kNotMember:
      return "NotMember";
    default:
      return "";
  }
}

std::string row_of(const Member& member) {
  std::string row = "{\"Member_Account\":" + text(member.account);
  if (member.role != Role::kAbsent) row += std::string(",\"Role\":\"") + word(member.role) + "\"";
  number(row, "JoinTime", member.join_time_s);
  number(row, "LastSendMsgTime", member.last_sent_time_s);
  number(row, "MsgSeq", member.msg_seq);
  return row + "}";
}

// `,"NAME":[…]`, or what stands in its place.
std::string list(const char* name, const std::vector<std::string>& rows, Hostility hostility) {
  const std::string field = std::string(",\"") + name + "\":";
  if (hostility == Hostility::kNoList) return "";
  if (hostility == Hostility::kNullList) return field + "null";
  std::string body = field + "[";
  if (hostility == Hostility::kEmptyList) return body + "]";
  for (const std::string& row : rows) body += (body.back() == '[' ? "" : ",") + row;
  return body + "]";
}

bool is_in(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Who is doubled is silent for ever in the first row, and an administrator who has just spoken in the second.
std::vector<std::string> member_rows(const std::vector<Member>& members, const std::vector<std::string>& doubled) {
  std::vector<std::string> rows;
  for (const Member& member : members) {
    rows.push_back(row_of(member));
    if (!is_in(doubled, member.account)) continue;
    Member second = member;
    second.role = Role::kAdmin;
    second.last_sent_time_s = 1'799'000'000;
    rows.push_back(row_of(second));
  }
  return rows;
}

}  // namespace

Answer<std::vector<GroupInfo>> group_info(const std::vector<GroupInfo>& infos, const std::vector<std::string>& asked,
                                          Hostility hostility) {
  std::vector<std::string> rows;
  for (const GroupInfo& info : infos) {
    std::string row = "{\"GroupId\":" + text(info.group_id) + ",\"ErrorCode\":" + std::to_string(info.error_code);
    if (info.error_code == 0) {
      row += ",\"Type\":" + text(info.type);
      row += hostility == Hostility::kHalfEmoji ? R"(,"Name":"ab\ud83d")" : ",\"Name\":" + text(info.name);
      number(row, "MemberNum", info.member_num);
      number(row, "MaxMemberNum",
             hostility == Hostility::kTinyMax ? std::optional<std::int64_t>(1) : info.max_member_num);
      number(row, "NextMsgSeq", info.next_msg_seq);
    }
    rows.push_back(row + "}");
  }
  return reply_parser::get_group_info(kOk + list("GroupInfo", rows, hostility) + "}", asked);
}

Answer<MemberPage> member_page(const MemberPage& page, const MemberQuery& query, Hostility hostility,
                               const std::vector<std::string>& doubled) {
  std::string body = kOk;
  number(body, "MemberNum", page.member_num);
  if (query.community) body += ",\"Next\":" + text(page.next);
  body += list("MemberList", member_rows(page.members, doubled), hostility);
  return reply_parser::get_group_member_info(body + "}", query);
}

Answer<std::vector<Member>> members(const std::vector<Member>& rows, const std::vector<std::string>& asked,
                                    Hostility hostility, const std::vector<std::string>& doubled) {
  return reply_parser::get_specified_group_member_info(
      kOk + list("MemberList", member_rows(rows, doubled), hostility) + "}", asked);
}

Answer<std::map<std::string, Presence>> statuses(const std::map<std::string, Presence>& statuses,
                                                 const std::vector<std::string>& asked, Hostility hostility,
                                                 const std::vector<std::string>& doubled) {
  const auto row = [](const std::string& account, Presence presence) {
    const char* status = presence == Presence::kOnline       ? "Online"
                         : presence == Presence::kPushOnline ? "PushOnline"
                                                             : "Offline";
    return "{\"To_Account\":" + text(account) + ",\"Status\":\"" + status + "\"}";
  };
  std::vector<std::string> rows;
  for (const auto& [account, presence] : statuses) {
    const bool twice = is_in(doubled, account);
    rows.push_back(row(account, twice ? Presence::kOffline : presence));
    if (twice) rows.push_back(row(account, Presence::kOnline));
  }
  return reply_parser::query_online_status(kOk + list("QueryResult", rows, hostility) + "}", asked);
}

Answer<std::map<std::string, Role>> roles(const std::map<std::string, Role>& roles,
                                          const std::vector<std::string>& asked, Hostility hostility) {
  std::vector<std::string> rows;
  for (const auto& [account, role] : roles) {
    rows.push_back("{\"Member_Account\":" + text(account) + ",\"Role\":\"" + word(role) + "\"}");
    // Who is inside is said to be outside first.
    if (hostility != Hostility::kDoubled || role == Role::kNotMember) continue;
    rows.insert(rows.end() - 1, "{\"Member_Account\":" + text(account) + ",\"Role\":\"NotMember\"}");
  }
  return reply_parser::get_role_in_group(kOk + list("UserIdList", rows, hostility) + "}", asked);
}

Answer<GroupListPage> group_list(const GroupListPage& page, std::uint64_t asked, Hostility hostility) {
  std::vector<std::string> rows;
  for (const std::string& id : page.group_ids) {
    // What is doubled is no object any more.
    rows.push_back(hostility == Hostility::kDoubled ? text(id) : "{\"GroupId\":" + text(id) + "}");
  }
  std::string body = kOk;
  body += ",\"TotalCount\":" + std::to_string(page.total) + ",\"Next\":" + std::to_string(page.next);
  return reply_parser::get_appid_group_list(body + list("GroupIdList", rows, hostility) + "}", asked);
}

}  // namespace headroom::model::hostile
