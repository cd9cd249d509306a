#include <algorithm>
#include <cmath>

#include "headroom/group_state.h"

namespace headroom {

DurationMs back_off(int failures, DurationMs base, DurationMs max, double jitter) {
  double wait = static_cast<double>(base) * std::pow(2.0, std::clamp(failures, 0, 40));
  wait = std::min(wait, static_cast<double>(max)) * (0.5 + std::clamp(jitter, 0.0, 1.0) / 2);
  return std::max<DurationMs>(1, static_cast<DurationMs>(wait));
}

}  // namespace headroom
