#pragma once

#include "admin/context.h"

namespace headroom::http {

Response list_removals(AdminContext& context, const AdminCall& call);

}  // namespace headroom::http
