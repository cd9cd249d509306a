#include "simulator/fault_request.h"

#include <map>
#include <string>

#include "simulator/json_field.h"

namespace chatsim {
namespace {

const std::map<std::string, FaultKind> kKinds = {
    {"error", FaultKind::kError},
    {"error_after_applying", FaultKind::kErrorAfterApplying},
    {"error_after_prefix", FaultKind::kErrorAfterPrefix},
    {"ok_without_applying", FaultKind::kOkWithoutApplying},
    {"reset_before", FaultKind::kResetBefore},
    {"reset_after", FaultKind::kResetAfter},
    {"reset_after_prefix", FaultKind::kResetAfterPrefix},
    {"stall_before", FaultKind::kStallBefore},
    {"stall_after", FaultKind::kStallAfter},
    {"bad_gateway", FaultKind::kBadGateway},
    {"bad_gateway_after", FaultKind::kBadGatewayAfter},
    {"truncated_json", FaultKind::kTruncatedJson},
    {"truncated_body", FaultKind::kTruncatedBody},
    {"date_skew", FaultKind::kDateSkew},
    {"group_error", FaultKind::kGroupError},
    {"missing_top_field", FaultKind::kMissingTopField},
    {"missing_field", FaultKind::kMissingField},
    {"set_field", FaultKind::kSetField},
    {"extra_fields", FaultKind::kExtraFields},
    {"missing_rows", FaultKind::kMissingRows},
};

bool is_json(const std::string& given) {
  rapidjson::Document document;
  document.Parse(given);
  return !document.HasParseError();
}

}  // namespace

std::optional<Fault> parse_fault(const rapidjson::Value& in) {
  const auto kind = kKinds.find(text(field(in, "kind")).value_or(""));
  if (kind == kKinds.end()) return std::nullopt;
  Fault out = Fault::of(kind->second);
  out.code = static_cast<int>(number(field(in, "code")).value_or(10002));
  const std::int64_t count = number(field(in, "count")).value_or(0);
  if (count < 0) return std::nullopt;
  out.count = static_cast<std::size_t>(count);
  out.ms = number(field(in, "ms")).value_or(0);
  out.accounts = texts(field(in, "accounts")).value_or(std::vector<std::string>());
  const bool chosen = out.kind == FaultKind::kMissingRows && (count > 0 || !out.accounts.empty());
  out.percent = static_cast<int>(number(field(in, "percent")).value_or(chosen ? 0 : 100));
  out.field = text(field(in, "field")).value_or("");
  out.value = text(field(in, "value")).value_or("null");
  out.group_id = text(field(in, "group_id")).value_or("");
  out.remaining = static_cast<int>(number(field(in, "times")).value_or(1));
  if (!is_json(out.value) || out.remaining < Fault::kForEver || out.remaining == 0) return std::nullopt;
  return out;
}

}  // namespace chatsim
