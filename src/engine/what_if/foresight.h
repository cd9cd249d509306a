#pragma once

#include <functional>
#include <string>

#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"
#include "engine/runs/planner.h"
#include "headroom/clock.h"
#include "headroom/denied.h"
#include "headroom/storage.h"
#include "headroom/what_if.h"

namespace headroom {

// Makes the plan that another policy would make of a group now, and stores nothing. Pauses nothing, whatever Chat
// answers. Blocking; an object belongs to one thread.
class Foresight {
 public:
  Foresight(ChatApi& chat, ReadView& view, Clock& clock, const SettingsCell& settings, const PauseSwitch& pause,
            std::function<double()> random)
      : chat_(chat), view_(view), clock_(clock), settings_(settings), pause_(pause), random_(std::move(random)) {}

  // The change is made to the policy in force. Calls of Chat are tried again until `deadline` at most.
  Result<WhatIf> ask(const std::string& group_id, const PolicyChange& change, SteadyMs deadline);

 private:
  WhatIf answer(const Plan& plan, const Settings& in_force) const;

  ChatApi& chat_;
  ReadView& view_;
  Clock& clock_;
  const SettingsCell& settings_;
  const PauseSwitch& pause_;
  const std::function<double()> random_;
};

}  // namespace headroom
