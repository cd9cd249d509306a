#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "webhook/http_names.h"

namespace headroom::webhook {

// The two answers that Chat understands [34354].
Response webhook_ok();
Response webhook_fail(int status, std::string_view reason);

// The text when it is UTF-8 without control characters and at most so many bytes, else nothing: it is shown to
// operators.
std::string short_text(std::string_view text, std::size_t max_bytes);

}  // namespace headroom::webhook
