#include "admin/probes.h"

#include "admin/response.h"
#include "text/json_object.h"

namespace headroom::admin {

Response healthz(AdminContext&, const AdminCall&) { return json_response(200, R"({"status":"ok"})"); }

Response readyz(AdminContext& context, const AdminCall&) {
  const DaemonStatus status = context.control.status();
  if (!status.failing_check.empty()) {
    const std::string detail =
        status.failing_detail.empty() ? status.failing_check : status.failing_check + ": " + status.failing_detail;
    Fields extensions{{"check", status.failing_check}};
    if (status.paused) extensions.emplace_back("paused_reason", status.paused_reason);
    return problem(503, detail, extensions);
  }
  JsonObject writer;
  writer.text("status", "ok");
  writer.flag("paused", status.paused);
  writer.text_or_null("paused_reason", status.paused ? status.paused_reason : "");
  if (status.spooling) writer.flag("spooling", *status.spooling);
  return json_response(200, writer.finish());
}

Response metrics(AdminContext& context, const AdminCall&) {
  return plain_response(200, "text/plain; version=0.0.4; charset=utf-8", context.control.metrics_text());
}

}  // namespace headroom::admin
