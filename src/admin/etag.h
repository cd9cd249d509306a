#pragma once

#include "admin/http_names.h"

namespace headroom::admin {

// The answer to a GET with the strong entity tag of its body; 304 without the body when If-None-Match names that tag
// [RFC 9110, 13.1.2]. Only a 200 has a tag.
Response tagged(const Fields& request_headers, Response response);

}  // namespace headroom::admin
