#include "http/admin_actor.h"

#include <string>

#include "http/admin_body.h"
#include "http/admin_text.h"

namespace headroom::http {

Result<Actor> read_actor(const AdminAuth::Identity& identity, const Request& request) {
  Actor actor{identity.name, identity.role, request.peer, ""};
  auto reasons = request.header_values("x-headroom-reason");
  if (reasons.empty()) return actor;
  if (reasons.size() > 1) return Denied{400, "X-Headroom-Reason stands twice"};
  actor.reason = std::move(reasons.front());
  if (actor.reason.size() > kMaxReasonBytes || !is_plain_text(actor.reason)) {
    return Denied{400, "X-Headroom-Reason must be at most " + std::to_string(kMaxReasonBytes) +
                           " bytes of UTF-8 without control characters"};
  }
  return actor;
}

}  // namespace headroom::http
