#include "chat/reply_parser.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "chat/json_fields.h"
#include "chat/named_rows.h"
#include "chat/row_fields.h"
#include "headroom/event.h"

namespace headroom::reply_parser {
namespace {

using rapidjson::Document;
using rapidjson::Value;

constexpr std::size_t kMaxCursorBytes = 256;
constexpr std::size_t kMaxTextBytes = 200;
constexpr std::size_t kMaxWordBytes = 48;  // a group id; a UserSig has over 150

template <typename T>
Answer<T> malformed(std::string what) {
  return {ChatOutcome::kOutcomeUnknown, 0, "malformed reply: " + std::move(what), {}};
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

// Calls `visit` for each element of a list, as nullptr when it is no object. False when there is no list: an absent one
// is no answer, and not an empty one.
template <typename Visit>
bool each_row(const Value& object, std::string_view field, Visit visit) {
  const Value* list = find_field(object, field);
  if (list == nullptr || !list->IsArray()) return false;
  for (const Value& row : list->GetArray()) visit(row.IsObject() ? &row : nullptr);
  return true;
}

// How much of a list could be read.
struct Seen {
  std::int64_t rows = 0;
  std::int64_t unreadable = 0;

  bool nothing_readable() const { return rows > 0 && unreadable == rows; }
};

// Collects the rows that name one of the accounts that were asked for.
template <typename T, typename Read>
bool read_rows(const Value& document, std::string_view list, std::string_view name_of_row,
               const std::vector<std::string>& asked, NamedRows<T>& rows, Seen& seen, Read read) {
  const std::set<std::string> wanted(asked.begin(), asked.end());
  return each_row(document, list, [&](const Value* row) {
    ++seen.rows;
    const auto name = row == nullptr ? std::nullopt : name_field(*row, name_of_row, kMaxAccountBytes);
    if (!name) {
      ++seen.unreadable;
    } else if (wanted.contains(*name)) {
      rows.add(*name, read(*row));
    }
  });
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

// Past the end of an ordinary listing the list may be missing [34948].
bool ends_before(const Value& document, const MemberQuery& query, const MemberPage& page) {
  const Value* list = find_field(document, "MemberList");
  return !query.community && (list == nullptr || list->IsNull()) && page.member_num && query.offset >= *page.member_num;
}

// Whether Chat names each of them as one that it has no status of.
bool has_error_for_each(const Value& document, const std::vector<std::string>& accounts) {
  NamedRows<bool> failed;
  Seen seen;
  read_rows(document, "ErrorList", "To_Account", accounts, failed, seen, [](const Value&) { return true; });
  return std::all_of(accounts.begin(), accounts.end(), [&](const auto& account) { return failed.contains(account); });
}

}  // namespace

bool is_of_chat(std::string_view body) {
  Document document;
  return parse_json_object(body, document) && error_code(document).has_value();
}

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
  const std::set<std::string> wanted(group_ids.begin(), group_ids.end());
  NamedRows<GroupInfo> rows;
  each_row(document, "GroupInfo", [&](const Value* row) {
    std::optional<GroupInfo> group = row == nullptr ? std::nullopt : read_group(*row);
    if (!group || !wanted.contains(group->group_id)) return;
    const std::string group_id = group->group_id;
    rows.add(group_id, *std::move(group));
  });
  Answer<Groups> answer;
  for (auto& [group_id, group] : rows.take()) {
    if (group) answer.value.push_back(*std::move(group));
  }
  answer.outcome = ChatOutcome::kDone;
  return answer;
}

Answer<MemberPage> get_group_member_info(std::string_view body, const MemberQuery& query) {
  return parse<MemberPage>(body, [&](const Value& document, MemberPage& page) -> const char* {
    const std::optional<std::string> next = read_cursor(document, query);
    if (!next) return "Next";
    page.next = *next;
    page.member_num = count_field(document, "MemberNum");
    NamedRows<Member> rows;
    const bool is_list = each_row(document, "MemberList", [&](const Value* row) {
      ++page.rows;
      std::optional<Member> member = row == nullptr ? std::nullopt : read_member(*row);
      if (!member) return;
      const std::string account = member->account;
      rows.add(account, *std::move(member));
    });
    for (auto& [account, member] : rows.take()) page.members.push_back(member ? *member : unknown_member(account));
    return is_list || ends_before(document, query, page) ? nullptr : "MemberList";
  });
}

Answer<std::vector<Member>> get_specified_group_member_info(std::string_view body,
                                                            const std::vector<std::string>& accounts) {
  using Members = std::vector<Member>;
  return parse<Members>(body, [&](const Value& document, Members& members) -> const char* {
    NamedRows<Member> rows;
    Seen seen;
    const bool is_list = read_rows(document, "MemberList", "Member_Account", accounts, rows, seen,
                                   [](const Value& row) { return read_member(row).value(); });
    if (!is_list || seen.nothing_readable()) return "MemberList";
    // Any of those that are not named may be the one of a row that can not be read.
    for (const std::string& account : accounts) {
      if (seen.unreadable > 0 && !rows.contains(account)) rows.add(account, unknown_member(account));
    }
    for (auto& [account, member] : rows.take()) {
      if (!member) member = unknown_member(account);
      if (member->role != Role::kNotMember) members.push_back(*std::move(member));
    }
    return nullptr;
  });
}

Answer<std::map<std::string, Role>> get_role_in_group(std::string_view body, const std::vector<std::string>& accounts) {
  using Roles = std::map<std::string, Role>;
  return parse<Roles>(body, [&](const Value& document, Roles& roles) -> const char* {
    NamedRows<Role> rows;
    Seen seen;
    if (!read_rows(document, "UserIdList", "Member_Account", accounts, rows, seen, role_field)) return "UserIdList";
    for (const auto& [account, role] : rows.take()) roles.emplace(account, role.value_or(Role::kAbsent));
    return nullptr;
  });
}

Answer<std::map<std::string, Presence>> query_online_status(std::string_view body,
                                                            const std::vector<std::string>& accounts) {
  using Presences = std::map<std::string, Presence>;
  return parse<Presences>(body, [&](const Value& document, Presences& presences) -> const char* {
    NamedRows<Presence> rows;
    Seen seen;
    const bool is_list = read_rows(document, "QueryResult", "To_Account", accounts, rows, seen, presence_field);
    if (!is_list && !has_error_for_each(document, accounts)) return "QueryResult";
    for (const auto& [account, presence] : rows.take()) {
      if (presence && *presence != Presence::kUnknown) presences.emplace(account, *presence);
    }
    return nullptr;
  });
}

Answer<Nothing> delete_group_member(std::string_view body) {
  return parse<Nothing>(body, [](const Value&, Nothing&) -> const char* { return nullptr; });
}

Answer<Nothing> modify_group_base_info(std::string_view body) { return delete_group_member(body); }

Answer<std::map<std::string, AddResult>> add_group_member(std::string_view body,
                                                          const std::vector<std::string>& accounts) {
  using Results = std::map<std::string, AddResult>;
  return parse<Results>(body, [&](const Value& document, Results& results) -> const char* {
    NamedRows<AddResult> rows;
    Seen seen;
    if (!read_rows(document, "MemberList", "Member_Account", accounts, rows, seen, add_result)) return "MemberList";
    for (const std::string& account : accounts) {
      if (!rows.contains(account)) rows.add(account, AddResult::kFailed);
    }
    for (const auto& [account, result] : rows.take()) {
      if (result) results.emplace(account, *result);
    }
    return nullptr;
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
    const std::optional<std::int64_t> total = count_field(document, "TotalCount");
    page.total = total.value_or(0);
    std::set<std::string> known;
    Seen seen;
    const bool is_list = each_row(document, "GroupIdList", [&](const Value* row) {
      ++seen.rows;
      const auto group_id = row == nullptr ? std::nullopt : name_field(*row, "GroupId", kMaxGroupIdBytes);
      if (!group_id) {
        ++seen.unreadable;
      } else if (known.insert(*group_id).second) {
        page.group_ids.push_back(*group_id);
      }
    });
    if (seen.nothing_readable() || (!is_list && total != 0)) return "GroupIdList";
    // A first page without groups, of a type that has some.
    return page.group_ids.empty() && page.total > 0 && asked_next == 0 ? "GroupIdList" : nullptr;
  });
}

}  // namespace headroom::reply_parser
