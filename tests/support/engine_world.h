#pragma once

#include "engine/gate/daemon_gate.h"
#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"
#include "tests/support/fake_chat.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

namespace headroom::support {

// What a part of the engine needs around it: a store, a Chat, a clock, and what it may do.
class EngineWorld {
 protected:
  // As a reload does.
  void take_over() { cell_.set(settings_); }

  TestDatabase database_;
  VirtualClock clock_{kNow};
  FakeChat chat_;
  Settings settings_;
  SettingsCell cell_{Settings{}};
  PauseSwitch pause_;
  DaemonGate gate_{cell_, pause_};
  Observer observer_;
};

}  // namespace headroom::support
