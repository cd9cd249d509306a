#pragma once

#include <string>
#include <string_view>

#include "admin/context.h"
#include "headroom/control.h"
#include "headroom/what_if.h"

namespace headroom::admin {

// What another policy would have done, from stored runs; or would do in one group now, when Chat has been asked.
void post_what_if(AdminContext& context, const AdminCall& call, const Respond& respond);
void post_group_what_if(AdminContext& context, const AdminCall& call, const Respond& respond);

// {"policy":{…},"since":"…"}, without `since` for a group. Whether a key and its value are allowed is for Control.
Result<WhatIfRequest> parse_what_if_body(std::string_view body, TimeMs now);
Result<WhatIfRequest> parse_group_what_if_body(std::string_view body);

std::string what_if_json(const WhatIf& answer);

}  // namespace headroom::admin
