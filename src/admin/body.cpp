#include "admin/body.h"

#include <utility>

#include "admin/body_fields.h"
#include "headroom/names.h"

namespace headroom::admin {

Result<RunOrder> parse_run_body(std::string_view body) {
  const auto document = parse_object(body, {"mode", "force"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  const auto text = read_text(std::get<rapidjson::Document>(document), "mode");
  const auto* word = std::get_if<std::string>(&text);
  const auto mode = word != nullptr ? named<RunMode>(*word) : std::nullopt;
  if (mode != RunMode::kPlan && mode != RunMode::kPrune && mode != RunMode::kRaise)
    return Denied{Denied::kInvalid, "mode must be \"plan\", \"prune\" or \"raise\""};
  const auto force = read_flag(std::get<rapidjson::Document>(document), "force");
  if (const auto* denied = std::get_if<Denied>(&force)) return *denied;
  return RunOrder(*mode, std::get<bool>(force));
}

Result<ExemptionBody> parse_exemption_body(std::string_view body, TimeMs now) {
  const auto document = parse_object(body, {"reason", "expires_at"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  auto reason = read_reason(std::get<rapidjson::Document>(document));
  if (const auto* denied = std::get_if<Denied>(&reason)) return *denied;
  const auto expiry = read_expiry(std::get<rapidjson::Document>(document), now);
  if (const auto* denied = std::get_if<Denied>(&expiry)) return *denied;
  return ExemptionBody{std::get<std::string>(std::move(reason)), std::get<std::optional<TimeMs>>(expiry)};
}

Result<std::string> parse_reason_body(std::string_view body) {
  const auto document = parse_object(body, {"reason"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  return read_reason(std::get<rapidjson::Document>(document));
}

Result<bool> parse_sweep_body(std::string_view body) {
  const auto document = parse_object(body, {"dry_run"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  return read_flag(std::get<rapidjson::Document>(document), "dry_run");
}

std::optional<Denied> refuse_body(std::string_view body) {
  const auto document = parse_object(body, {});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  return std::nullopt;
}

}  // namespace headroom::admin
