#pragma once

#include "admin/context.h"

namespace headroom::admin {

Response list_removals(AdminContext& context, const AdminCall& call);

}  // namespace headroom::admin
