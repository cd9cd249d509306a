#pragma once

#include <map>
#include <optional>
#include <string>

#include "config/config.h"
#include "headroom/types.h"

namespace headroom::doctor {

// What the running daemon says of its webhooks.
struct WebhookCounts {
  std::map<std::string, double> requests;  // headroom_webhook_requests_total by result
  std::map<std::string, double> refusals;  // headroom_webhook_refusals_total by reason
  double all() const;
};

WebhookCounts parse_webhook_counts(const std::string& metrics);
// "sign (3), path (1)": the refusals that came on top of `before`.
std::string refusals_since(const WebhookCounts& before, const WebhookCounts& now);

// nullopt: no headroomd answers at admin.listen; `why` says why.
std::optional<WebhookCounts> read_webhook_counts(const HostPort& admin, DurationMs most, std::string& why);

// Where a listener can be reached from this machine: one that listens on all addresses by the loopback's.
std::string local_url(const HostPort& listen);

}  // namespace headroom::doctor
