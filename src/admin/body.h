#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "headroom/control.h"
#include "headroom/run.h"
#include "headroom/types.h"

// The JSON bodies of changes: flat objects in UTF-8. A field that the path does not take, one that stands twice, or one
// of another kind is a Denied that is kInvalid. An empty body is an object without fields.
namespace headroom::admin {

struct ExemptionBody {
  std::string reason;                // empty when absent or null
  std::optional<TimeMs> expires_at;  // after `now`; absent or null: never
};

Result<RunOrder> parse_run_body(std::string_view body);  // {"mode":"plan"|"prune"|"raise","force":true|false}
Result<ExemptionBody> parse_exemption_body(std::string_view body, TimeMs now);
Result<std::string> parse_reason_body(std::string_view body);  // {"reason":"…"}; empty when absent or null
Result<bool> parse_sweep_body(std::string_view body);          // {"dry_run":true|false}; false when absent
std::optional<Denied> refuse_body(std::string_view body);      // of a path that takes no fields

}  // namespace headroom::admin
