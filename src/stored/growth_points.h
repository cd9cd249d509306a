#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "headroom/growth.h"

namespace headroom::stored {

// The points of a group in a few bytes each: of each point its day, members and limit as differences to those of the
// point before (of the first, to 0), in seven bits a byte, the lowest first, each byte but the last of a number with
// its highest bit set; the sign of a difference is its lowest bit.
std::string packed(const std::vector<GrowthPoint>& points);
// Throws StorageError for what packed() can not have made.
std::vector<GrowthPoint> unpacked(std::string_view bytes);

}  // namespace headroom::stored
