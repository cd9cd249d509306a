#pragma once

#include "headroom/storage.h"
#include "postgres/connection.h"

namespace headroom::postgres {

Page<PastRemoval> list_removal_history(Connection& connection, const RemovalFilter& filter, const PageRequest& page);

}  // namespace headroom::postgres
