#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/http_names.h"
#include "headroom/control.h"
#include "headroom/kept_answer.h"

namespace headroom::admin {

inline constexpr std::size_t kMaxKeyBytes = 255;

// The Idempotency-Key of a request on that path: 1 to 255 visible ASCII characters. A Denied that is kInvalid when it
// is another, or doubled; nullopt when there is none.
Result<std::optional<RequestKey>> read_request_key(const std::string& token, const Request& request,
                                                   std::string_view pattern, const std::vector<std::string>& arguments);

// An answer as it is kept, and back. Of the headers only Location differs from one answer to another.
KeptAnswer kept_of(const Response& response);
Response response_of(const KeptAnswer& answer);

}  // namespace headroom::admin
