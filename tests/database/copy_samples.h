#pragma once

#include <string>
#include <vector>

#include "headroom/storage.h"

namespace headroom::test {

// Some of everything that a store keeps, in a migrated and empty one.
void fill(Store& store);
// All that the view says, as lines.
std::vector<std::string> told(ReadView& view);

}  // namespace headroom::test
