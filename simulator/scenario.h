#pragma once

#include <optional>
#include <string>
#include <vector>

#include "simulator/world.h"

namespace chatsim {

// Fills groups through joins, so that webhooks fire; the last join of each is refused. Returns the ids of the groups,
// nullopt for an unknown name. Only "demo" exists; played twice it makes further groups.
std::optional<std::vector<std::string>> play_scenario(World& world, const std::string& name);

}  // namespace chatsim
