#include "simulator/scenario.h"

#include "simulator/population.h"

namespace chatsim {
namespace {

struct Cast {
  const char* id;
  const char* type;
  const char* name;
  int seats;
  Population population;
};

// Each leaves two seats for the joins; each has enough inactive members for five per cent of its seats.
std::vector<Cast> demo_casts() {
  return {
      {"@TGS#2DEMOPUBLIC", "Public", "Book club", 20, {"book", 1, 1, 3, 5, 2, 2, 4, 60}},
      {"@TGS#1DEMOWORK", "Private", "Project room", 30, {"work", 1, 0, 4, 9, 2, 2, 10, 45}},
      {"@TGS#3DEMOMEETING", "ChatRoom", "Monday meeting", 50, {"meet", 1, 2, 8, 14, 4, 4, 15, 90}},
      {"@TGS#2DEMOFANS", "Public", "Fan club", 120, {"fans", 1, 3, 20, 40, 10, 10, 34, 40}},
      {"@TGS#_@TGS#DEMOCOMMUNITY", "Community", "Town square", 200, {"town", 1, 4, 30, 60, 20, 23, 60, 35}},
      {"demo without an owner", "Private", "Old team", 25, {"team", 0, 0, 2, 8, 1, 1, 11, 200}},
  };
}

}  // namespace

std::optional<std::vector<std::string>> play_scenario(World& world, const std::string& name) {
  if (name != "demo") return std::nullopt;
  std::vector<std::string> ids;
  for (const Cast& cast : demo_casts()) {
    GroupSpec spec;
    spec.type = cast.type;
    spec.name = cast.name;
    spec.max_members = cast.seats;
    spec.next_msg_seq = 5001;
    for (int take = 1;; ++take) {
      spec.id = take == 1 ? cast.id : cast.id + std::to_string(take);
      if (!world.group(spec.id)) break;
    }
    Population population = cast.population;
    population.prefix += '.' + std::to_string(world.groups().size());
    if (!create_populated(world, spec, population)) continue;
    for (const char* who : {"-early", "-last", "-refused"}) world.join(spec.id, population.prefix + who);
    ids.push_back(spec.id);
  }
  return ids;
}

}  // namespace chatsim
