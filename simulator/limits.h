#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace chatsim {

// Chat's limits; defaults are what its documents say, the cautious one where they disagree.
struct Limits {
  std::size_t delete_batch = 100;    // 10005 above it [34949]
  std::size_t add_batch = 20;        // 10005 [34921]
  std::size_t specified_batch = 50;  // 10005 [64897]
  std::size_t role_batch = 500;      // 10005 [34963]
  std::size_t status_batch = 500;    // 90011 [35477]
  std::size_t group_info_batch = 50;
  std::size_t member_page = 200;            // 10004
  std::size_t group_list_page = 10'000;     // 10004
  std::size_t reply_bytes = 1024 * 1024;    // 10018
  int calls_per_second = 200;               // per command; 60007
  std::map<std::string, int> calls_of_api;  // other limits by command; get_appid_group_list is 1 unless set here
  int signature_failures = 5;               // so many within 60 s lock the app out: 70050
  bool refuse_owner_in_delete = false;      // 10009 for the whole call instead of passing over the owner
  bool omit_empty_lists = false;            // a page behind the end has no MemberList instead of an empty one
  bool refuse_unknown_fields = true;        // 10004 for a body field that the documents do not know: likely a typo

  int calls_per_second_of(const std::string& api) const {
    const auto own = calls_of_api.find(api);
    if (own != calls_of_api.end()) return own->second;
    return api == "get_appid_group_list" ? 1 : calls_per_second;
  }
};

}  // namespace chatsim
