#include "chat/reply_parser.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "chat/json_fields.h"
#include "headroom/event.h"

namespace headroom::reply_parser {
namespace {

using rapidjson::Document;
using rapidjson::Value;

constexpr std::size_t kMaxAccountBytes = 256;  // Chat's own limit is 32
constexpr std::size_t kMaxCursorBytes = 256;
constexpr std::size_t kMaxTextBytes = 200;
constexpr std::size_t kMaxWordBytes = 48;  // a group id; a UserSig has over 150

template <typename T>
Answer<T> malformed(std::string what) {
  return {ChatOutcome::kOutcomeUnknown, 0, "malformed reply: " + std::move(what), {}};
}

std::optional<int> error_code(const Value& object) {
  if (count_fields(object, "ErrorCode") != 1) return std::nullopt;
  const std::optional<std::int64_t> code = integer_field(object, "ErrorCode");
  if (!code || *code < std::numeric_limits<int>::min() || *code > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(*code);
}

template <typename T>
Answer<T> failed(int code, const Value& object) {
  std::string detail = "ErrorCode " + std::to_string(code);
  if (const auto info = string_field(object, "ErrorInfo"); info && !info->empty()) detail += ": " + safe_text(*info);
  return {classify(code), code, std::move(detail), {}};
}

// The value is filled by `read(document, value)`, which returns what is wrong, or nullptr.
template <typename T, typename Read>
Answer<T> parse(std::string_view body, Read read) {
  Document document;
  if (!parse_json_object(body, document)) return malformed<T>("not a JSON object");
  const std::optional<int> code = error_code(document);
  if (!code) return malformed<T>("ErrorCode");
  if (*code != 0) return failed<T>(*code, document);
  Answer<T> answer;
  if (const char* wrong = read(document, answer.value)) return malformed<T>(wrong);
  answer.outcome = ChatOutcome::kDone;
  return answer;
}

// The name of a group or a member, if it can be one. Control characters could make one name look like another.
std::optional<std::string> name_field(const Value& row, std::string_view field, std::size_t max_bytes) {
  std::optional<std::string> name = string_field(row, field);
  if (!name || name->empty() || name->size() > max_bytes) return std::nullopt;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(*name, is_control)) return std::nullopt;
  return name;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
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

Presence presence_field(const Value& row) {
  std::optional<std::string> text = string_field(row, "Status");
  if (!text) text = string_field(row, "State");  // its name in older versions
  const std::string word = text ? trimmed(*text) : std::string();
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

// The elements of a list that are objects; false when the field is there and no list.
template <typename Visit>
bool each_row(const Value& object, std::string_view field, Visit visit) {
  const Value* list = find_field(object, field);
  if (list == nullptr || list->IsNull()) return true;
  if (!list->IsArray()) return false;
  for (const Value& row : list->GetArray()) {
    if (row.IsObject()) visit(row);
  }
  return true;
}

// Names that are waited for: each is taken once.
class Asked {
 public:
  explicit Asked(const std::vector<std::string>& names) : names_(names.begin(), names.end()) {}
  bool take(const std::string& name) { return names_.erase(name) == 1; }

 private:
  std::set<std::string> names_;
};

std::optional<Member> read_member(const Value& row) {
  const std::optional<std::string> account = name_field(row, "Member_Account", kMaxAccountBytes);
  if (!account) return std::nullopt;
  return Member{*account, role_field(row), count_field(row, "JoinTime"), count_field(row, "LastSendMsgTime"),
                count_field(row, "MsgSeq")};
}

std::optional<GroupInfo> read_group(const Value& row) {
  const std::optional<std::string> group_id = name_field(row, "GroupId", kMaxGroupIdBytes);
  const std::optional<int> code = error_code(row);
  if (!group_id || !code) return std::nullopt;
  return GroupInfo{*group_id,
                   *code,
                   string_field(row, "Type").value_or(""),
                   string_field(row, "Name").value_or(""),
                   count_field(row, "MemberNum"),
                   count_field(row, "MaxMemberNum"),
                   count_field(row, "NextMsgSeq")};
}

// A Community's cursor: a string of digits; "" ends the listing. nullopt when it is neither, or does not move.
std::optional<std::string> read_cursor(const Value& document, const MemberQuery& query) {
  if (!query.community) return "";
  const Value* next = find_field(document, "Next");
  if (next == nullptr || next->IsNull()) return "";
  auto text = next->IsUint64() ? std::optional(std::to_string(next->GetUint64())) : string_field(document, "Next");
  if (!text || text->size() > kMaxCursorBytes || (!text->empty() && *text == query.next)) return std::nullopt;
  return text;
}

}  // namespace

std::string safe_text(std::string_view text) {
  constexpr std::string_view kWordBytes = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*-_+/=%.";
  std::string safe;
  while (!text.empty() && safe.size() < kMaxTextBytes) {
    const std::size_t word = std::min(text.find_first_not_of(kWordBytes), text.size());
    if (word > 0) {
      safe += word > kMaxWordBytes ? "…" : text.substr(0, word);
      text.remove_prefix(word);
      continue;
    }
    safe += text.front() >= 0x20 && text.front() < 0x7f ? text.front() : '?';
    text.remove_prefix(1);
  }
  return safe;
}

// The outer error means nothing once there is a list: each group has its own [34961].
Answer<std::vector<GroupInfo>> get_group_info(std::string_view body, const std::vector<std::string>& group_ids) {
  using Groups = std::vector<GroupInfo>;
  Document document;
  if (!parse_json_object(body, document)) return malformed<Groups>("not a JSON object");
  const Value* list = find_field(document, "GroupInfo");
  if (list == nullptr || !list->IsArray()) {
    const std::optional<int> code = error_code(document);
    if (!code) return malformed<Groups>("ErrorCode");
    return *code == 0 ? malformed<Groups>("GroupInfo") : failed<Groups>(*code, document);
  }
  Answer<Groups> answer;
  Asked asked(group_ids);
  each_row(document, "GroupInfo", [&](const Value& row) {
    std::optional<GroupInfo> group = read_group(row);
    if (group && asked.take(group->group_id)) answer.value.push_back(*std::move(group));
  });
  answer.outcome = ChatOutcome::kDone;
  return answer;
}

Answer<MemberPage> get_group_member_info(std::string_view body, const MemberQuery& query) {
  return parse<MemberPage>(body, [&](const Value& document, MemberPage& page) -> const char* {
    const std::optional<std::string> next = read_cursor(document, query);
    if (!next) return "Next";
    page.next = *next;
    page.member_num = count_field(document, "MemberNum");
    std::set<std::string> seen;
    // Past the end of the list it may be missing.
    const bool is_list = each_row(document, "MemberList", [&](const Value& row) {
      std::optional<Member> member = read_member(row);
      if (member && seen.insert(member->account).second) page.members.push_back(*std::move(member));
    });
    return is_list ? nullptr : "MemberList";
  });
}

Answer<std::vector<Member>> get_specified_group_member_info(std::string_view body,
                                                            const std::vector<std::string>& accounts) {
  using Members = std::vector<Member>;
  return parse<Members>(body, [&](const Value& document, Members& members) -> const char* {
    Asked asked(accounts);
    const bool is_list = each_row(document, "MemberList", [&](const Value& row) {
      std::optional<Member> member = read_member(row);
      if (!member || !asked.take(member->account) || member->role == Role::kNotMember) return;
      members.push_back(*std::move(member));
    });
    return is_list ? nullptr : "MemberList";
  });
}

Answer<std::map<std::string, Role>> get_role_in_group(std::string_view body, const std::vector<std::string>& accounts) {
  using Roles = std::map<std::string, Role>;
  return parse<Roles>(body, [&](const Value& document, Roles& roles) -> const char* {
    // Every account has an answer, NotMember too: without the list there is none.
    if (find_field(document, "UserIdList") == nullptr) return "UserIdList";
    Asked asked(accounts);
    const bool is_list = each_row(document, "UserIdList", [&](const Value& row) {
      const std::optional<std::string> account = name_field(row, "Member_Account", kMaxAccountBytes);
      if (account && asked.take(*account)) roles.emplace(*account, role_field(row));
    });
    return is_list ? nullptr : "UserIdList";
  });
}

Answer<std::map<std::string, Presence>> query_online_status(std::string_view body,
                                                            const std::vector<std::string>& accounts) {
  using Presences = std::map<std::string, Presence>;
  return parse<Presences>(body, [&](const Value& document, Presences& presences) -> const char* {
    Asked asked(accounts);
    const bool is_list = each_row(document, "QueryResult", [&](const Value& row) {
      const std::optional<std::string> account = name_field(row, "To_Account", kMaxAccountBytes);
      if (!account || !asked.take(*account)) return;
      const Presence presence = presence_field(row);
      if (presence != Presence::kUnknown) presences.emplace(*account, presence);
    });
    return is_list ? nullptr : "QueryResult";
  });
}

Answer<Nothing> delete_group_member(std::string_view body) {
  return parse<Nothing>(body, [](const Value&, Nothing&) -> const char* { return nullptr; });
}

Answer<std::map<std::string, AddResult>> add_group_member(std::string_view body,
                                                          const std::vector<std::string>& accounts) {
  using Results = std::map<std::string, AddResult>;
  return parse<Results>(body, [&](const Value& document, Results& results) -> const char* {
    for (const std::string& account : accounts) results[account] = AddResult::kFailed;
    Asked asked(accounts);
    const bool is_list = each_row(document, "MemberList", [&](const Value& row) {
      const std::optional<std::string> account = name_field(row, "Member_Account", kMaxAccountBytes);
      if (account && asked.take(*account)) results[*account] = add_result(row);
    });
    return is_list ? nullptr : "MemberList";
  });
}

Answer<GroupListPage> get_appid_group_list(std::string_view body, std::uint64_t asked_next) {
  return parse<GroupListPage>(body, [&](const Value& document, GroupListPage& page) -> const char* {
    const Value* next = find_field(document, "Next");
    if (next != nullptr && !next->IsNull()) {
      const std::optional<std::uint64_t> number = unsigned_field(document, "Next");
      if (!number || (*number != 0 && *number == asked_next)) return "Next";
      page.next = *number;
    }
    page.total = count_field(document, "TotalCount").value_or(0);
    std::set<std::string> seen;
    const bool is_list = each_row(document, "GroupIdList", [&](const Value& row) {
      const std::optional<std::string> group_id = name_field(row, "GroupId", kMaxGroupIdBytes);
      if (group_id && seen.insert(*group_id).second) page.group_ids.push_back(*group_id);
    });
    return is_list ? nullptr : "GroupIdList";
  });
}

}  // namespace headroom::reply_parser
