#pragma once

#include <string>
#include <string_view>

#include "admin/http_names.h"
#include "headroom/control.h"

// The answers of the admin API. None may be stored by a cache, or taken for another type than it says.
namespace headroom::admin {

Response plain_response(int status, std::string content_type, std::string body);
Response json_response(int status, std::string body);
Response empty_response();  // 204

// RFC 9457. `extensions`: further members, text.
Response problem(int status, std::string_view detail, const Fields& extensions = {});
// 400, 404, 409, 422, 500, 503 or 504.
int status_of(Denied::Kind kind);
Response problem(const Denied& denied);

}  // namespace headroom::admin
