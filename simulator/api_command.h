#pragma once

#include <rapidjson/document.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/call_log.h"
#include "simulator/limits.h"
#include "simulator/world.h"

namespace chatsim {

// What a command answers; the three common fields are added by the REST API.
struct ApiReply {
  explicit ApiReply(int error_code = 0, std::string error_info = "")
      : code(error_code), info(std::move(error_info)), body(rapidjson::kObjectType) {}

  int code;
  std::string info;
  rapidjson::Document body;
};

// One call that has passed the common checks.
struct ApiCall {
  World& world;
  const Limits& limits;
  const rapidjson::Value& body;
  const std::vector<std::string>& accounts;  // a prefix of the call's, when a fault says so
  GroupInfo group;                           // of commands that take a GroupId
  std::string admin;                         // whose signature it bears
};

struct ApiCommand {
  std::string_view service;
  std::string_view name;
  std::vector<std::string_view> fields;  // that the body may have
  std::string_view accounts;             // the field that lists accounts; empty: none
  bool takes_group = true;
  bool changes = false;           // the world
  int code_for_av_chat_room = 0;  // 0: allowed
  std::size_t Limits::*batch = nullptr;
  int code_for_bad_account = 60015;
  int code_for_no_account = 10004;
  int code_for_large_batch = 10005;
  ApiReply (*run)(const ApiCall&) = nullptr;
};

// nullptr for an unknown service or command.
const ApiCommand* find_command(std::string_view service, std::string_view name);

ApiReply run_get_group_info(const ApiCall& call);
ApiReply run_get_appid_group_list(const ApiCall& call);
ApiReply run_get_group_member_info(const ApiCall& call);
ApiReply run_get_specified_group_member_info(const ApiCall& call);
ApiReply run_get_role_in_group(const ApiCall& call);
ApiReply run_delete_group_member(const ApiCall& call);
ApiReply run_add_group_member(const ApiCall& call);
ApiReply run_modify_group_base_info(const ApiCall& call);
ApiReply run_query_online_status(const ApiCall& call);

}  // namespace chatsim
