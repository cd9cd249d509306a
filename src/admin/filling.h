#pragma once

#include "admin/context.h"

namespace headroom::admin {

Response list_filling(AdminContext& context, const AdminCall& call);

}  // namespace headroom::admin
