#pragma once

#include <span>
#include <vector>

#include "headroom/event.h"

namespace headroom {

// What became of an event that was stored. `due`: its group is to be looked at now, which is new.
struct Stored {
  bool duplicate = false;
  bool due = false;
};

// Where events are stored many at once, by whom several threads of one node may hold one each.
class EventSink {
 public:
  virtual ~EventSink() = default;
  // All of them are on disk when it returns, each once: one whose intake_id is stored already is a duplicate. In their
  // order, also the results. Throws StorageError; after kUnknown they may be stored, or be stored yet.
  virtual std::vector<Stored> store(std::span<const Event> events) = 0;
};

}  // namespace headroom
