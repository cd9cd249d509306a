#pragma once

#include <optional>
#include <string>

#include "headroom/types.h"

// What systemd wants to hear of a service of Type=notify, sd_notify(3). Nothing happens without NOTIFY_SOCKET.
namespace headroom {

// False when nobody listens, or the message could not be sent.
bool notify_ready();
bool notify_stopping();
// SIGHUP: RELOADING=1 until the next notify_ready.
bool notify_reloading();
bool notify_watchdog();
// One line for `systemctl status`; line breaks become spaces.
bool notify_status(const std::string& status);

// WatchdogSec of the unit; nullopt: none. notify_watchdog should be called about twice as often.
std::optional<DurationMs> watchdog_interval();

}  // namespace headroom
