#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "chat/json_fields.h"
#include "headroom/chat_api.h"

// What stands in one row of an answer.
namespace headroom::reply_parser {

inline constexpr std::size_t kMaxAccountBytes = 256;  // Chat's own limit is 32

// nullopt when it is absent, doubled or no number.
std::optional<int> error_code(const rapidjson::Value& object);
// The name of a group or a member, if it can be one.
std::optional<std::string> name_field(const rapidjson::Value& row, std::string_view field, std::size_t max_bytes);
Role role_field(const rapidjson::Value& row);
Presence presence_field(const rapidjson::Value& row);
AddResult add_result(const rapidjson::Value& row);

// nullopt when the row does not say whose it is.
std::optional<Member> read_member(const rapidjson::Value& row);
std::optional<GroupInfo> read_group(const rapidjson::Value& row);
// A member of whom nothing certain is known, not even the role.
Member unknown_member(const std::string& account);

}  // namespace headroom::reply_parser
