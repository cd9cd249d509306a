#pragma once

#include <vector>

#include "stored/migration.h"

namespace headroom::postgres {

// Those of migrations/postgresql, checked and embedded when this binary was built; in order, without a gap.
const std::vector<Migration>& embedded_migrations();

}  // namespace headroom::postgres
