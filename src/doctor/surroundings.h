#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "doctor/limits.h"
#include "headroom/clock.h"

namespace headroom::doctor {

// A file system, as statvfs tells it.
struct DiskSpace {
  std::string error;  // why it can not be told; empty: it can
  std::int64_t total_bytes = 0;
  std::int64_t free_bytes = 0;  // for who is not root
  std::int64_t total_files = 0;
  std::int64_t free_files = 0;
  bool read_only = false;
  bool remote = false;
};

struct Resolution {
  std::vector<std::string> addresses;
  std::string error;  // empty: there are addresses
};

struct TlsLook {
  std::string error;      // empty: connected, and the certificate is good
  bool connected = true;  // false: it never came to TLS
  std::optional<TimeMs> expires_at;
};

// What systemd says of a unit.
struct UnitFacts {
  bool systemd = false;  // this machine was booted with it
  std::string error;     // why it can not be asked; empty: it can
  std::string load_state;
  std::string active_state;
  std::string sub_state;
  std::string result;
  std::string file_state;
  bool needs_daemon_reload = false;
  std::int32_t main_status = 0;
  std::uint32_t restarts = 0;
};

// How the checks look at the machine. Tests put something else in the place of what they can not bring about.
struct Surroundings {
  Clock& clock;
  std::function<DiskSpace(const std::string& folder)> disk_space;
  std::function<Resolution(const std::string& host, DurationMs most)> resolve;
  std::function<TlsLook(const std::string& base_url, DurationMs most)> look_at_tls;
  std::function<UnitFacts(const std::string& unit, DurationMs most)> ask_systemd;
};
Surroundings machine(Clock& clock);

}  // namespace headroom::doctor
