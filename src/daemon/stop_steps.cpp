#include "daemon/stop_steps.h"

#include <exception>

namespace headroom {

void StopSteps::run(const std::function<void(const std::string& name, const std::string& what)>& failed) {
  while (!steps_.empty()) {
    const Step step = std::move(steps_.back());
    steps_.pop_back();
    try {
      step.run();
    } catch (const std::exception& error) {
      failed(step.name, error.what());
    }
  }
}

}  // namespace headroom
