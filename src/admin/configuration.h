#pragma once

#include "admin/context.h"

namespace headroom::admin {

Response get_config(AdminContext& context, const AdminCall& call);

}  // namespace headroom::admin
