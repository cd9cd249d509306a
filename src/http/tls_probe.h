#pragma once

#include <optional>
#include <string>

#include "headroom/types.h"

namespace headroom::http {

struct TlsProbe {
  std::string error;      // in words for people; empty: the certificate is trusted, and of that host
  bool connected = true;  // false: nobody could be reached, so nothing is known of the certificate
  std::optional<TimeMs> expires_at;
};

struct TlsProbeOptions {
  std::string connect_to;  // curl's "HOST:PORT:CONNECT-TO-HOST:CONNECT-TO-PORT"; empty: where the URL says
  std::string ca_file;     // PEM; empty: the system's
};

// Connects to "https://host[:port]", shakes hands, and closes: nothing is asked.
TlsProbe probe_tls(const std::string& base_url, DurationMs most, const TlsProbeOptions& options = {});

}  // namespace headroom::http
