#include "admin/actor.h"

#include <string>

#include "admin/body_fields.h"
#include "http/uri.h"
#include "text/utf8.h"

namespace headroom::admin {
namespace {

// A header has no text but visible ASCII, so that everything else comes percent-encoded, `%` too. Who writes "100 %
// sure" by hand has not encoded anything.
std::string decoded(std::string text) {
  auto plain = http::decode_path_text(text);
  return plain ? *std::move(plain) : std::move(text);
}

}  // namespace

Result<Actor> read_actor(const AdminAuth::Identity& identity, const Request& request) {
  Actor actor{identity.name, identity.role, request.peer, ""};
  auto reasons = request.header_values("x-headroom-reason");
  if (reasons.empty()) return actor;
  if (reasons.size() > 1) return Denied{Denied::kInvalid, "X-Headroom-Reason stands twice"};
  actor.reason = decoded(std::move(reasons.front()));
  if (actor.reason.size() > kMaxReasonBytes || !is_plain_text(actor.reason)) {
    return Denied{Denied::kInvalid, "X-Headroom-Reason must be at most " + std::to_string(kMaxReasonBytes) +
                                        " bytes of UTF-8 without control characters"};
  }
  return actor;
}

}  // namespace headroom::admin
