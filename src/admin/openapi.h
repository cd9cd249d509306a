#pragma once

#include <string>

#include "admin/context.h"

namespace headroom::admin {

// The description of the admin API, OpenAPI 3.0: openapi.json, with the version of the program.
const std::string& openapi_json();
Response get_openapi(AdminContext& context, const AdminCall& call);

}  // namespace headroom::admin
