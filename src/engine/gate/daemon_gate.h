#pragma once

#include <atomic>

#include "engine/gate/gate.h"
#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"

namespace headroom {

// The daemon's answer to "may this run go on?": stopping, paused, or in a mode that forbids it.
class DaemonGate final : public Gate {
 public:
  DaemonGate(const SettingsCell& settings, const PauseSwitch& pause) : settings_(settings), pause_(pause) {}

  std::optional<Stop> stop_for(const Run& run) const override;
  void stop() { stopping_ = true; }
  bool stopping() const override { return stopping_; }

 private:
  const SettingsCell& settings_;
  const PauseSwitch& pause_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace headroom
