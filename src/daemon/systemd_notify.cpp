#include "daemon/systemd_notify.h"

#include <systemd/sd-daemon.h>
#include <time.h>

#include <algorithm>
#include <cstdint>

namespace headroom {
namespace {

bool notify(const std::string& message) { return ::sd_notify(0, message.c_str()) > 0; }

}  // namespace

bool notify_ready() { return notify("READY=1"); }
bool notify_stopping() { return notify("STOPPING=1"); }
bool notify_watchdog() { return notify("WATCHDOG=1"); }

bool notify_reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto us = static_cast<std::int64_t>(now.tv_sec) * 1000000 + now.tv_nsec / 1000;
  return notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us));
}

bool notify_status(const std::string& status) {
  std::string line = status.substr(0, 500);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return notify("STATUS=" + line);
}

std::optional<DurationMs> watchdog_interval() {
  std::uint64_t us = 0;
  if (::sd_watchdog_enabled(0, &us) <= 0 || us < 1000) return std::nullopt;
  return static_cast<DurationMs>(std::min<std::uint64_t>(us / 1000, static_cast<std::uint64_t>(kDayMs)));
}

}  // namespace headroom
