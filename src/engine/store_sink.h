#pragma once

#include <functional>
#include <utility>

#include "engine/gate/settings.h"
#include "headroom/event_sink.h"
#include "headroom/storage.h"

namespace headroom {

// Each call one transaction of a store of its own, tried again when another was in its way. Belongs to one thread at a
// time.
class StoreSink final : public EventSink {
 public:
  // `pause` waits before the next try, and is told how many there were.
  StoreSink(Store& store, const SettingsCell& settings, std::function<void(int)> pause)
      : store_(store), settings_(settings), pause_(std::move(pause)) {}

  std::vector<Stored> store(std::span<const Event> events) override;

 private:
  Store& store_;
  const SettingsCell& settings_;
  const std::function<void(int)> pause_;
};

}  // namespace headroom
