#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headroom/chat_api.h"

// The JSON that each call sends. nullopt when a string is not UTF-8: Chat could only misunderstand it.
namespace headroom::request_body {

using Body = std::optional<std::string>;

// Asks for just what GroupInfo holds: without a filter, Chat sends every member too [34961].
Body get_group_info(const std::vector<std::string>& group_ids);
Body get_group_member_info(const MemberQuery& query);
Body get_specified_group_member_info(const std::string& group_id, const std::vector<std::string>& accounts);
Body get_role_in_group(const std::string& group_id, const std::vector<std::string>& accounts);
Body query_online_status(const std::vector<std::string>& accounts);
Body delete_group_member(const std::string& group_id, const std::vector<std::string>& accounts, bool silence,
                         const std::string& reason);
Body modify_group_base_info(const std::string& group_id, std::int64_t max_member_num);
Body add_group_member(const std::string& group_id, const std::vector<std::string>& accounts, bool silence);
Body get_appid_group_list(const std::string& type, std::uint64_t next);

}  // namespace headroom::request_body
