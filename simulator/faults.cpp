#include "simulator/faults.h"

#include <algorithm>

namespace chatsim {

void Faults::add(const std::string& api, Fault fault) {
  if (fault.remaining == 0) return;
  const std::lock_guard lock(mutex_);
  queues_[api].push_back(std::move(fault));
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  queues_.clear();
}

void Faults::clear(const std::string& api) {
  const std::lock_guard lock(mutex_);
  queues_.erase(api);
}

std::vector<Fault> Faults::take(const std::string& api, const std::vector<std::string>& group_ids) {
  const std::lock_guard lock(mutex_);
  std::vector<Fault> taken;
  for (const std::string& name : {api, std::string("*")}) {
    const auto queue = queues_.find(name);
    if (queue != queues_.end()) take_from(queue->second, group_ids, taken);
  }
  return taken;
}

void Faults::take_from(std::vector<Fault>& queue, const std::vector<std::string>& group_ids,
                       std::vector<Fault>& taken) {
  for (Fault& fault : queue) {
    const bool here =
        fault.group_id.empty() || std::find(group_ids.begin(), group_ids.end(), fault.group_id) != group_ids.end();
    const bool doubled = std::any_of(taken.begin(), taken.end(), [&](const Fault& other) {
      return other.kind == fault.kind && other.field == fault.field && other.group_id == fault.group_id;
    });
    if (!here || doubled) continue;
    taken.push_back(fault);
    if (fault.remaining > 0) --fault.remaining;
  }
  std::erase_if(queue, [](const Fault& fault) { return fault.remaining == 0; });
}

std::size_t Faults::waiting() const {
  const std::lock_guard lock(mutex_);
  std::size_t out = 0;
  for (const auto& [api, queue] : queues_) {
    for (const Fault& fault : queue) out += fault.remaining > 0 ? static_cast<std::size_t>(fault.remaining) : 1;
  }
  return out;
}

const Fault* find_fault(const std::vector<Fault>& faults, FaultKind kind) {
  for (const Fault& fault : faults) {
    if (fault.kind == kind) return &fault;
  }
  return nullptr;
}

}  // namespace chatsim
