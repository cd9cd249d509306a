#include "simulator/call_log.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace chatsim {

std::uint64_t CallLog::begin(Call call) {
  const std::lock_guard lock(mutex_);
  call.id = next_id_++;
  ++counts_[call.api];
  if (calls_.size() == kept_) calls_.pop_front();
  calls_.push_back(std::move(call));
  return calls_.back().id;
}

void CallLog::finish(std::uint64_t id, int error_code, bool applied) {
  const std::lock_guard lock(mutex_);
  const auto found = std::lower_bound(calls_.begin(), calls_.end(), id,
                                      [](const Call& call, std::uint64_t key) { return call.id < key; });
  if (found == calls_.end() || found->id != id) return;
  found->error_code = error_code;
  found->applied = applied;
}

std::vector<Call> CallLog::calls(const std::string& api) const {
  const std::lock_guard lock(mutex_);
  std::vector<Call> out;
  std::copy_if(calls_.begin(), calls_.end(), std::back_inserter(out),
               [&](const Call& call) { return api.empty() || call.api == api; });
  return out;
}

std::uint64_t CallLog::count(const std::string& api) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(api);
  return found == counts_.end() ? 0 : found->second;
}

std::map<std::string, std::uint64_t> CallLog::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void CallLog::clear() {
  const std::lock_guard lock(mutex_);
  calls_.clear();
  counts_.clear();
}

}  // namespace chatsim
