#include "daemon/stop_steps.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace headroom {
namespace {

using testing::ElementsAre;

TEST(StopSteps, TheNewestGoesFirstAndAFailureHoldsUpNobody) {
  StopSteps steps;
  std::vector<std::string> done;
  steps.add("store", [&] { done.emplace_back("store"); });
  steps.add("queue", [&] {
    done.emplace_back("queue");
    throw std::runtime_error("stuck");
  });
  steps.add("servers", [&] { done.emplace_back("servers"); });
  std::vector<std::string> failed;
  const auto note = [&](const std::string& name, const std::string& what) { failed.push_back(name + ": " + what); };
  steps.run(note);
  EXPECT_THAT(done, ElementsAre("servers", "queue", "store"));
  EXPECT_THAT(failed, ElementsAre("queue: stuck"));
  steps.run(note);
  EXPECT_EQ(done.size(), 3U) << "each once";
}

}  // namespace
}  // namespace headroom
