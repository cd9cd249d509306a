#pragma once

#include "admin/context.h"

namespace headroom::http {

Response get_config(AdminContext& context, const AdminCall& call);

}  // namespace headroom::http
