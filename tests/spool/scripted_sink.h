#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "headroom/event_sink.h"
#include "headroom/storage_error.h"

namespace headroom::test {

// A database in memory: each intake id is stored once, in the order of coming. What several sinks have in common.
struct MemoryDatabase {
  std::vector<Event> events;
  std::set<IntakeId> ids;
  std::set<std::string> refused_groups;  // their events are refused for ever
  std::set<std::string> full_groups;     // the results say that they are due

  std::vector<Stored> store(std::span<const Event> batch) {
    for (const Event& event : batch) {
      if (refused_groups.contains(event.group_id)) {
        throw StorageError(StorageError::Kind::kOther, "no " + event.group_id);
      }
    }
    std::vector<Stored> results;
    for (const Event& event : batch) {
      const bool is_new = ids.insert(*event.intake_id).second;
      if (is_new) events.push_back(event);
      results.push_back({!is_new, is_new && full_groups.contains(event.group_id)});
    }
    return results;
  }
};

// A way to it, for one thread, that fails as the test says.
class ScriptedSink final : public EventSink {
 public:
  explicit ScriptedSink(MemoryDatabase& database) : database_(database) {}

  std::vector<Stored> store(std::span<const Event> events) override {
    sizes.push_back(events.size());
    if (before) before();
    if (failing) throw StorageError(*failing, "injected");
    const auto results = database_.store(events);
    if (after) after();
    if (failing_late) throw StorageError(*failing_late, "injected late");
    return results;
  }

  std::function<void()> before, after;
  std::optional<StorageError::Kind> failing;       // nothing was stored
  std::optional<StorageError::Kind> failing_late;  // it was
  std::vector<std::size_t> sizes;                  // of the calls

 private:
  MemoryDatabase& database_;
};

}  // namespace headroom::test
