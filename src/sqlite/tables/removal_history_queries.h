#pragma once

#include "headroom/storage.h"
#include "sqlite/connection.h"

namespace headroom::sqlite {

Page<PastRemoval> list_removal_history(Connection& connection, const RemovalFilter& filter, const PageRequest& page);

}  // namespace headroom::sqlite
