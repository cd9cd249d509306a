#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/when.h"

namespace headroom::ctl {

// An exemption to be made, as POST /api/v1/exemptions takes it.
struct NewExemption {
  std::string kind;  // "group", "member"
  std::string id;
  std::string reason;                     // empty: none
  std::optional<TimeMs> expires_at = {};  // none: never
};

// What `exemptions --json` prints (an object with items, or a list), or CSV with the fields kind, id, reason and
// expires_at, whose first line may name those that there are. Throws Failure (usage) that says where it is neither.
std::vector<NewExemption> parse_exemptions(std::string_view text, TimeMs now, Zone zone);

// The bodies to send, one after the other: as many in each as the API takes.
std::vector<std::string> import_bodies(const std::vector<NewExemption>& exemptions);

}  // namespace headroom::ctl
