#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/chat_api.h"

// What the body of an HTTP 200 says. Nothing in it is trusted: what can not be read is kOutcomeUnknown as a whole, an
// absent list too. A row that can not be read, or that was not asked for, is left out. Of rows with the same name and
// different values none is believed.
namespace headroom::reply_parser {

Answer<std::vector<GroupInfo>> get_group_info(std::string_view body, const std::vector<std::string>& group_ids);
Answer<MemberPage> get_group_member_info(std::string_view body, const MemberQuery& query);
// An account that is no member is left out; one of which nothing certain is said is there, and nothing about it known.
Answer<std::vector<Member>> get_specified_group_member_info(std::string_view body,
                                                            const std::vector<std::string>& accounts);
Answer<std::map<std::string, Role>> get_role_in_group(std::string_view body, const std::vector<std::string>& accounts);
Answer<std::map<std::string, Presence>> query_online_status(std::string_view body,
                                                            const std::vector<std::string>& accounts);
Answer<Nothing> delete_group_member(std::string_view body);
Answer<Nothing> modify_group_base_info(std::string_view body);
// Every account that was asked for is in the value, but those with contradicting results; one that the answer leaves
// out has failed.
Answer<std::map<std::string, AddResult>> add_group_member(std::string_view body,
                                                          const std::vector<std::string>& accounts);
Answer<GroupListPage> get_appid_group_list(std::string_view body, std::uint64_t asked_next);

// Whether it is an answer of Chat's at all, and not a page of whatever stands in its place.
bool is_of_chat(std::string_view body);

// Text of Chat's for the log: one line of printable ASCII, without anything long enough to be a credential.
std::string safe_text(std::string_view text);

}  // namespace headroom::reply_parser
