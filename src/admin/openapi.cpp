#include "admin/openapi.h"

#include "admin/response.h"

namespace headroom::admin {

Response get_openapi(AdminContext&, const AdminCall&) { return json_response(200, openapi_json()); }

}  // namespace headroom::admin
