#pragma once

#include "config/config.h"
#include "daemon/log.h"
#include "daemon/observer.h"
#include "daemon/progress.h"
#include "daemon/system_clock.h"
#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"

namespace headroom {

// What every part of the daemon stands on: made first, and gone last.
struct Ground {
  const Config& config;  // of the start
  Log& log;
  SystemClock& clock;
  Progress& progress;
  DaemonObserver& observer;
  SettingsCell& settings;
  PauseSwitch& pause;
};

}  // namespace headroom
