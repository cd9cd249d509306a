#include <rapidjson/document.h>

#include "admin/body.h"
#include "admin/body_fields.h"
#include "admin/exemption_items.h"
#include "admin/response.h"
#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"
#include "text/json_object.h"
#include "text/time_text.h"
#include "text/utf8.h"

// The JSON bodies of changes.
namespace headroom::admin {
namespace {

constexpr TimeMs kNow = 1763880300000;

void require_refusal(const Denied& denied) {
  REQUIRE(denied.kind == Denied::kInvalid && !denied.detail.empty());
  const Response response = problem(denied);
  REQUIRE(is_utf8(response.body));
  rapidjson::Document document;
  document.Parse(response.body.data(), response.body.size());
  REQUIRE(!document.HasParseError() && document.IsObject() && document["status"].GetInt() == 400);
}

void require_reason(const std::string& reason) { REQUIRE(reason.size() <= kMaxReasonBytes && is_plain_text(reason)); }

std::string written(const ExemptionBody& body) {
  JsonObject writer;
  writer.text("reason", body.reason);
  if (body.expires_at) writer.text("expires_at", format_time(*body.expires_at));
  return writer.finish();
}

void require_exemption(std::string_view body) {
  const auto parsed = parse_exemption_body(body, kNow);
  if (const auto* denied = std::get_if<Denied>(&parsed)) return require_refusal(*denied);
  const auto& exemption = std::get<ExemptionBody>(parsed);
  require_reason(exemption.reason);
  REQUIRE(!exemption.expires_at || (*exemption.expires_at > kNow && *exemption.expires_at <= kMaxTimeMs));
  const auto again = parse_exemption_body(written(exemption), kNow);
  REQUIRE(std::holds_alternative<ExemptionBody>(again));
  REQUIRE(std::get<ExemptionBody>(again).reason == exemption.reason);
  REQUIRE(std::get<ExemptionBody>(again).expires_at == exemption.expires_at);
}

// A body of fewer fields is one of more fields, too.
void require_reason_body(std::string_view body) {
  const auto parsed = parse_reason_body(body);
  if (const auto* denied = std::get_if<Denied>(&parsed)) return require_refusal(*denied);
  require_reason(std::get<std::string>(parsed));
  const auto exemption = parse_exemption_body(body, kNow);
  REQUIRE(std::holds_alternative<ExemptionBody>(exemption));
  REQUIRE(std::get<ExemptionBody>(exemption).reason == std::get<std::string>(parsed));
  REQUIRE(!std::get<ExemptionBody>(exemption).expires_at);
}

void require_empty_body(std::string_view body) {
  if (const auto denied = refuse_body(body)) return require_refusal(*denied);
  REQUIRE(std::holds_alternative<std::string>(parse_reason_body(body)));
  REQUIRE(std::holds_alternative<Denied>(parse_run_body(body)));
}

void require_items(std::string_view body) {
  const auto parsed = parse_exemption_items(body, kNow);
  if (const auto* denied = std::get_if<Denied>(&parsed)) return require_refusal(*denied);
  const auto& exemptions = std::get<std::vector<Exemption>>(parsed);
  REQUIRE(!exemptions.empty() && exemptions.size() <= kMaxExemptionItems);
  for (const Exemption& exemption : exemptions) {
    require_reason(exemption.reason);
    REQUIRE(is_plain_text(exemption.subject) && !exemption.subject.empty() && exemption.subject.size() <= 128);
    REQUIRE(!exemption.expires_at || *exemption.expires_at > kNow);
  }
}

}  // namespace
}  // namespace headroom::admin

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom;
  using namespace headroom::admin;
  const std::string_view body = text_of(data, size);
  const auto run = parse_run_body(body);
  if (const auto* denied = std::get_if<Denied>(&run)) {
    require_refusal(*denied);
  } else {
    const RunMode mode = std::get<RunOrder>(run).mode;
    REQUIRE(mode == RunMode::kPlan || mode == RunMode::kPrune || mode == RunMode::kRaise);
    REQUIRE(std::holds_alternative<Denied>(parse_reason_body(body)));
  }
  require_exemption(body);
  require_items(body);
  require_reason_body(body);
  require_empty_body(body);
  return 0;
}
