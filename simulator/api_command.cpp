#include "simulator/api_command.h"

#include <algorithm>

namespace chatsim {
namespace {

constexpr std::string_view kGroupService = "group_open_http_svc";

ApiCommand reader(std::string_view name, std::vector<std::string_view> fields, ApiReply (*run)(const ApiCall&)) {
  ApiCommand out;
  out.service = kGroupService;
  out.name = name;
  out.fields = std::move(fields);
  out.run = run;
  return out;
}

std::vector<ApiCommand> readers() {
  ApiCommand info = reader("get_group_info", {"GroupIdList", "ResponseFilter"}, run_get_group_info);
  info.takes_group = false;
  ApiCommand groups = reader("get_appid_group_list", {"Limit", "Next", "GroupType"}, run_get_appid_group_list);
  groups.takes_group = false;
  ApiCommand members = reader("get_group_member_info",
                              {"GroupId", "MemberInfoFilter", "MemberRoleFilter", "AppDefinedDataFilter_GroupMember",
                               "Limit", "Offset", "Next"},
                              run_get_group_member_info);
  members.code_for_av_chat_room = 10007;
  ApiCommand specified = reader(
      "get_specified_group_member_info",
      {"GroupId", "Member_List_Account", "MemberInfoFilter", "MemberRoleFilter", "AppDefinedDataFilter_GroupMember"},
      run_get_specified_group_member_info);
  specified.accounts = "Member_List_Account";
  specified.batch = &Limits::specified_batch;
  specified.code_for_av_chat_room = 10007;
  ApiCommand roles = reader("get_role_in_group", {"GroupId", "User_Account"}, run_get_role_in_group);
  roles.accounts = "User_Account";
  roles.batch = &Limits::role_batch;
  roles.code_for_av_chat_room = 10007;
  return {info, groups, members, specified, roles};
}

ApiCommand presence_reader() {
  ApiCommand out = reader("query_online_status", {"To_Account", "IsNeedDetail"}, run_query_online_status);
  out.service = "openim";
  out.takes_group = false;
  out.accounts = "To_Account";
  out.batch = &Limits::status_batch;
  out.code_for_bad_account = 90003;
  out.code_for_no_account = 90001;
  out.code_for_large_batch = 90011;
  return out;
}

std::vector<ApiCommand> writers() {
  ApiCommand del =
      reader("delete_group_member", {"GroupId", "MemberToDel_Account", "Silence", "Reason"}, run_delete_group_member);
  del.accounts = "MemberToDel_Account";
  del.batch = &Limits::delete_batch;
  del.code_for_av_chat_room = 10004;
  del.changes = true;
  ApiCommand add = reader("add_group_member", {"GroupId", "MemberList", "Silence"}, run_add_group_member);
  add.accounts = "MemberList";
  add.batch = &Limits::add_batch;
  add.code_for_av_chat_room = 10007;
  add.changes = true;
  // Of the group's fields the limit alone can be set.
  ApiCommand modify = reader("modify_group_base_info", {"GroupId", "MaxMemberNum"}, run_modify_group_base_info);
  modify.changes = true;
  return {del, add, modify};
}

}  // namespace

const ApiCommand* find_command(std::string_view service, std::string_view name) {
  static const std::vector<ApiCommand> all = [] {
    std::vector<ApiCommand> out = readers();
    for (ApiCommand& command : writers()) out.push_back(std::move(command));
    out.push_back(presence_reader());
    return out;
  }();
  const auto found = std::find_if(all.begin(), all.end(), [&](const ApiCommand& command) {
    return command.service == service && command.name == name;
  });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace chatsim
