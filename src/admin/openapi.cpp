#include "admin/openapi.h"

#include "admin/response.h"

namespace headroom::http {

Response get_openapi(AdminContext&, const AdminCall&) { return json_response(200, openapi_json()); }

}  // namespace headroom::http
