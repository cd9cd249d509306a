#include "stored/growth_points.h"

#include <cstdint>

#include "headroom/storage_error.h"

namespace headroom::stored {
namespace {

constexpr unsigned kBits = 7;
constexpr unsigned kMore = 0x80;

void put(std::string& bytes, std::int64_t difference) {
  auto rest = static_cast<std::uint64_t>(difference) << 1U ^ (difference < 0 ? ~std::uint64_t{0} : 0);
  for (; rest >= kMore; rest >>= kBits) bytes.push_back(static_cast<char>((rest & (kMore - 1)) | kMore));
  bytes.push_back(static_cast<char>(rest));
}

std::int64_t take(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; !bytes.empty() && shift < 64; shift += kBits) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & (kMore - 1)) << shift;
    if (byte >= kMore) continue;
    return static_cast<std::int64_t>(number >> 1U ^ (~(number & 1U) + 1U));
  }
  throw StorageError(StorageError::Kind::kOther, "the database holds the bad points of a group's growth");
}

}  // namespace

std::string packed(const std::vector<GrowthPoint>& points) {
  std::string bytes;
  GrowthPoint before;
  for (const GrowthPoint& point : points) {
    put(bytes, point.day - before.day);
    put(bytes, point.members - before.members);
    put(bytes, point.limit - before.limit);
    before = point;
  }
  return bytes;
}

std::vector<GrowthPoint> unpacked(std::string_view bytes) {
  std::vector<GrowthPoint> points;
  GrowthPoint point;
  while (!bytes.empty()) {
    point.day += take(bytes);
    point.members += take(bytes);
    point.limit += take(bytes);
    points.push_back(point);
  }
  return points;
}

}  // namespace headroom::stored
