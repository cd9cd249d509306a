#include "doctor/daemon_probe.h"

#include <cstdlib>
#include <sstream>
#include <string_view>

#include "http/curl_transport.h"

namespace headroom::doctor {
namespace {

// `NAME{label="KEY"} VALUE`; false when the line is of another metric.
bool take(std::string_view line, std::string_view name, std::map<std::string, double>& into) {
  if (!line.starts_with(name) || line.substr(name.size(), 1) != "{") return false;
  const auto open = line.find('"');
  const auto close = line.find("\"} ", open + 1);
  if (open == std::string_view::npos || close == std::string_view::npos) return false;
  into[std::string(line.substr(open + 1, close - open - 1))] = std::strtod(line.substr(close + 3).data(), nullptr);
  return true;
}

}  // namespace

double WebhookCounts::all() const {
  double sum = 0;
  for (const auto& [result, count] : requests) sum += count;
  return sum;
}

WebhookCounts parse_webhook_counts(const std::string& metrics) {
  WebhookCounts counts;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    if (!take(line, "headroom_webhook_requests_total", counts.requests)) {
      take(line, "headroom_webhook_refusals_total", counts.refusals);
    }
  }
  return counts;
}

std::string refusals_since(const WebhookCounts& before, const WebhookCounts& now) {
  std::string all;
  for (const auto& [reason, count] : now.refusals) {
    const auto former = before.refusals.find(reason);
    const auto more = static_cast<long long>(count - (former == before.refusals.end() ? 0 : former->second));
    if (more > 0) all += (all.empty() ? "" : ", ") + reason + " (" + std::to_string(more) + ")";
  }
  return all;
}

std::string local_url(const HostPort& listen) {
  HostPort place = listen;
  if (place.host == "0.0.0.0") place.host = "127.0.0.1";
  if (place.host == "::") place.host = "::1";
  return "http://" + format_host_port(place);
}

std::optional<WebhookCounts> read_webhook_counts(const HostPort& admin, DurationMs most, std::string& why) {
  if (admin.port == 0) {
    why = "admin.listen has port 0: where the daemon listens is not known";
    return std::nullopt;
  }
  CurlTransport transport({.base_url = local_url(admin), .request_timeout_ms = most, .connect_timeout_ms = most});
  const HttpReply reply = transport.send({.method = "GET", .path_and_query = "/metrics"});
  if (reply.kind == HttpReply::Kind::kNone) {
    why = "no daemon answers at " + format_host_port(admin) + ": " + reply.cause;
    return std::nullopt;
  }
  WebhookCounts counts = parse_webhook_counts(reply.body);
  if (reply.status != 200 || counts.requests.empty()) {
    why = "what answers at " + format_host_port(admin) + " is no headroomd";
    return std::nullopt;
  }
  return counts;
}

}  // namespace headroom::doctor
