#include "engine/store_sink.h"

#include "engine/event_batch.h"
#include "headroom/again.h"

namespace headroom {

std::vector<Stored> StoreSink::store(std::span<const Event> events) {
  if (events.empty()) return {};
  const auto once = [&] {
    store_.begin();
    try {
      auto stored = store_events(store_, events, *settings_.get());
      store_.commit();
      return stored;
    } catch (...) {
      store_.rollback();
      throw;
    }
  };
  return tried_again(once, pause_);
}

}  // namespace headroom
