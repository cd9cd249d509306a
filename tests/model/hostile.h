#pragma once

#include <map>
#include <string>
#include <vector>

#include "headroom/chat_api.h"
#include "tests/model/faults.h"

// Answers of Chat as bytes, spoiled: what the daemon's own parser makes of them is what the daemon gets.
namespace headroom::model::hostile {

Answer<std::vector<GroupInfo>> group_info(const std::vector<GroupInfo>& infos, const std::vector<std::string>& asked,
                                          Hostility hostility);
// `doubled`: the accounts that stand there twice; the second row speaks for them.
Answer<MemberPage> member_page(const MemberPage& page, const MemberQuery& query, Hostility hostility,
                               const std::vector<std::string>& doubled);
Answer<std::vector<Member>> members(const std::vector<Member>& rows, const std::vector<std::string>& asked,
                                    Hostility hostility, const std::vector<std::string>& doubled);
Answer<std::map<std::string, Presence>> statuses(const std::map<std::string, Presence>& statuses,
                                                 const std::vector<std::string>& asked, Hostility hostility,
                                                 const std::vector<std::string>& doubled);
Answer<std::map<std::string, Role>> roles(const std::map<std::string, Role>& roles,
                                          const std::vector<std::string>& asked, Hostility hostility);
Answer<GroupListPage> group_list(const GroupListPage& page, std::uint64_t asked, Hostility hostility);

}  // namespace headroom::model::hostile
