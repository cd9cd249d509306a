#pragma once

#include "admin/auth.h"
#include "admin/http_names.h"
#include "headroom/audit.h"
#include "headroom/control.h"

namespace headroom::admin {

// Who sends this request, and why: X-Headroom-Reason, percent-decoded, at most kMaxReasonBytes of UTF-8 without control
// characters. A Denied that is kInvalid when it is another, or doubled.
Result<Actor> read_actor(const AdminAuth::Identity& identity, const Request& request);

}  // namespace headroom::admin
