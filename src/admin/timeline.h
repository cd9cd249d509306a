#pragma once

#include "admin/context.h"

namespace headroom::admin {

inline constexpr std::int64_t kMaxTimelineBuckets = 1000;

// Hours or days (UTC) from the one that `since` falls in to the one that holds the last moment before `until`; without
// them the 24 newest hours, or the 30 newest days.
Response get_timeline(AdminContext& context, const AdminCall& call);

}  // namespace headroom::admin
