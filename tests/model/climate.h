#pragma once

#include <string>
#include <vector>

#include "app/settings.h"
#include "tests/chatsim/world.h"
#include "tests/model/dice.h"

namespace headroom::model {

// What a world is like: drawn from its seed.
struct Climate {
  double call_faults = 0;
  double content_faults = 0;
  double stir = 0;   // chance that somebody does something while a call is on its way
  double crash = 0;  // at each commit
  int deaths = 0;    // at most so many by that
  double full_disk = 0;
  double lost_webhooks = 0;
  bool deaf = false;             // in the calm, no webhook comes: only sweeps tell
  bool remembers_joins = false;  // Chat shows the old JoinTime of those who are added again
  int background = 0;            // things that happen at any time
  int workers = 1;
  DurationMs length = 0;
};

Climate draw_climate(Dice& dice);
Settings draw_settings(Dice& dice);
// The groups and who is in them at the start. Returns the ids.
std::vector<std::string> populate(chatsim::World& world, Dice& dice, TimeMs now);

}  // namespace headroom::model
