#pragma once

#include <string>
#include <vector>

#include "engine/gate/settings.h"
#include "simulator/world.h"
#include "tests/model/dice.h"

namespace headroom::model {

// What a world is like: drawn from its seed.
struct Climate {
  double call_faults = 0;
  double delete_faults = 0;
  double content_faults = 0;
  double stir = 0;   // chance that somebody does something while a call is on its way
  double crash = 0;  // at each commit
  int deaths = 0;    // at most so many by that
  double full_disk = 0;
  double lost_webhooks = 0;
  bool deaf = false;             // in the calm, no webhook comes: only sweeps tell
  bool remembers_joins = false;  // Chat shows the old JoinTime of those who are added again
  double hostility = 0;          // answers with success whose body is not what it should be
  double slow = 0;               // calls that take long
  double sickness = 0;           // see Outside
  int jams = 0;                  // times in which Chat lets little through
  int clock_steps = 0;           // times in which the daemon's clock is wrong
  bool starts_wrong = false;
  int poison = 0;            // ids that spoil each call that names them
  int ghosts = 0;            // groups that are told of before they are there, and ids that are used again
  bool forges_ends = false;  // somebody tells of the end of groups that go on
  int background = 0;        // things that happen at any time
  int workers = 1;
  DurationMs length = 0;
};

Climate draw_climate(Dice& dice);
Settings draw_settings(Dice& dice);
// Open and closed by turns, for a minute or two: a run that takes seconds meets the closing now and then.
Calendar draw_short_hours(Dice& dice);

// Groups are full for long before they get a plan, which needs two looks.
void draw_patience(Settings& settings, Dice& dice);
// What may be raised, and how far Chat lets it.
CapacityRules draw_capacity(Dice& dice);
void draw_ceilings(chatsim::World& world, Dice& dice);
// The groups and who is in them at the start. Returns the ids.
std::vector<std::string> populate(chatsim::World& world, Dice& dice, TimeMs now);

}  // namespace headroom::model
