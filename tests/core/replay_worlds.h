#pragma once

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "headroom/replay.h"

// Listings of a group by chance, each planned as the planner would, for tests that judge them once more.
namespace headroom::replay_worlds {

inline constexpr TimeMs kNow = 1'790'000'000'000;
inline constexpr const char* kAdmin = "administrator";

// A listing as the planner makes it, of one group: what it judges by, what it stores, and whom it selects.
struct Listed {
  Member member;
  JudgeContext context;  // with what Chat would say of the presence, asked or not
  bool contradicts = false;
  bool contradicted_early = false;  // before anybody asked for the presence
};

struct World {
  Policy policy;
  Run run;
  std::vector<Listed> members;
  std::vector<RunMember> rows;
};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::int64_t up_to(std::int64_t most) { return std::uniform_int_distribution<std::int64_t>(0, most)(engine_); }
  bool often(double chance) { return std::bernoulli_distribution(chance)(engine_); }

 private:
  std::mt19937 engine_;
};

struct Kind {
  bool plain = false;  // nothing that earlier versions did not know
};

World some_world(unsigned seed, Kind kind = {});
// Some keys differ, as when somebody asks what if.
Policy changed(const Policy& from, Dice& dice);

Selection::Result select(const World& world, const Policy& policy, std::vector<RunMember>* rows = nullptr);
std::vector<std::string> accounts_of(const std::vector<RunMember>& rows);
Replay::Result replay(const World& world, const Policy& policy);

// Nobody is named whom the facts that were not asked for would have kept, and there are no more than it counts.
void expect_sound(const World& world, const Policy& policy, const Replay::Result& again, unsigned seed);

}  // namespace headroom::replay_worlds
