#pragma once

#include "admin/context.h"

namespace headroom::admin {

// Who shares the database, by name; where it is a file, the one daemon that has it. May throw StorageError.
Response list_nodes(AdminContext& context, const AdminCall& call);

}  // namespace headroom::admin
