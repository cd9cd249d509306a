#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "headroom/configuration.h"

namespace headroom::admin {

// The configuration in force, which a reload replaces. Thread-safe.
class ConfigurationCell {
 public:
  explicit ConfigurationCell(Configuration configuration) { set(std::move(configuration)); }
  void set(Configuration configuration) {
    auto next = std::make_shared<const Configuration>(std::move(configuration));
    const std::lock_guard lock(mutex_);
    now_ = std::move(next);
  }
  std::shared_ptr<const Configuration> get() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Configuration> now_;
};

}  // namespace headroom::admin
