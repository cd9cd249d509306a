#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace headroom {

// What has to be done when the daemon stops: each part says it once it has started, and the newest goes first.
class StopSteps {
 public:
  // `name`: what `step` ends; for the log when it throws.
  void add(std::string name, std::function<void()> step) { steps_.push_back({std::move(name), std::move(step)}); }

  // Each step once, whatever another one throws. `failed` is told of those that threw.
  void run(const std::function<void(const std::string& name, const std::string& what)>& failed);

 private:
  struct Step {
    std::string name;
    std::function<void()> run;
  };
  std::vector<Step> steps_;
};

}  // namespace headroom
