#pragma once

#include <cstdint>
#include <optional>

#include "engine/gate/settings.h"
#include "engine/writer.h"
#include "headroom/clock.h"

namespace headroom {

// A group that filled under a longer stale_after is due at full_since plus that one: after it was shortened, those
// groups are given their new time, some at each step. (Lengthened, the look itself puts them off.)
class Retiming {
 public:
  Retiming(Writer& writer, ReadView& view, const Clock& clock) : writer_(writer), view_(view), clock_(clock) {}

  // Does one job when it is time for one, and returns when it is time for the next.
  SteadyMs step(TimeMs now, SteadyMs at, const Settings& settings);

 private:
  bool begin(DurationMs current);
  std::optional<std::int64_t> retime(Transaction& storage, const Page<Group>& page, TimeMs now,
                                     DurationMs current) const;

  Writer& writer_;
  ReadView& view_;
  const Clock& clock_;
  // Of a walk through the full groups.
  std::optional<DurationMs> from_;
  std::optional<std::int64_t> before_id_;
  SteadyMs next_;
};

}  // namespace headroom
