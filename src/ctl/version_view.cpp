#include "ctl/answer.h"
#include "ctl/exit.h"
#include "ctl/help.h"
#include "ctl/views.h"
#include "ctl/visible.h"
#include "text/json_object.h"

namespace headroom::ctl {
namespace {

constexpr DurationMs kVersionPatience = 5 * kSecondMs;

// By the description of the API, which needs no token; empty when no daemon answers.
std::string version_of_daemon(const Session& session) {
  try {
    Client client(session.url(), std::nullopt, kVersionPatience);
    const rapidjson::Document description = parse_object(client.get("/api/v1/openapi.json"));
    const Json& info = object_of(description, "info");
    return text_of(info, "title") == "headroom" ? text_of(info, "version") : "";
  } catch (const Failure&) {
    return "";
  }
}

}  // namespace

int show_version(Session& session) {
  const std::string daemon = version_of_daemon(session);
  if (session.json()) {
    JsonObject json;
    json.text("headroomctl", version());
    json.text_or_null("headroomd", daemon);
    session.print_json(json.finish());
    return exit_status::kOk;
  }
  session.say("headroomctl " + std::string(version()));
  if (!daemon.empty()) session.say("headroomd " + daemon + " at " + session.url());
  return exit_status::kOk;
}

}  // namespace headroom::ctl
