#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "simulator/fault.h"

namespace chatsim {

// Faults in wait for calls, queued per API command; "*" is every command. One call takes the oldest matching fault of
// each kind (of each field, for faults of fields), so that two errors hit two calls and a missing field joins in.
class Faults {
 public:
  void add(const std::string& api, Fault fault);
  void clear();
  void clear(const std::string& api);
  // Those that hit this call; their counts go down.
  std::vector<Fault> take(const std::string& api, const std::vector<std::string>& group_ids);
  // Calls that faults still wait for; those without an end count as one.
  std::size_t waiting() const;

 private:
  void take_from(std::vector<Fault>& queue, const std::vector<std::string>& group_ids, std::vector<Fault>& taken);

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<Fault>> queues_;
};

// The first of this kind, or nullptr.
const Fault* find_fault(const std::vector<Fault>& faults, FaultKind kind);

}  // namespace chatsim
