#include "admin/exemption_items.h"

#include <set>
#include <utility>

#include "admin/body_fields.h"
#include "headroom/event.h"
#include "headroom/names.h"
#include "text/utf8.h"

namespace headroom::admin {
namespace {

Denied invalid(std::string detail) { return {Denied::kInvalid, std::move(detail)}; }

Result<Exemption> read_item(const rapidjson::Value& item, TimeMs now) {
  if (!item.IsObject()) return invalid("it must be an object");
  if (auto denied = refuse_fields(item, {"kind", "id", "reason", "expires_at"})) return *std::move(denied);
  Exemption exemption;
  auto kind = read_text(item, "kind");
  const auto* word = std::get_if<std::string>(&kind);
  const auto named_kind = word != nullptr ? named<ExemptionKind>(*word) : std::nullopt;
  if (!named_kind) return invalid("kind must be \"group\" or \"member\"");
  auto id = read_text(item, "id");
  if (const auto* denied = std::get_if<Denied>(&id)) return *denied;
  exemption.kind = *named_kind;
  exemption.subject = std::get<std::string>(std::move(id));
  if (!is_valid_subject(exemption.subject) || has_space_at_an_end(exemption.subject)) {
    return invalid("id must be 1 to 128 bytes of UTF-8 without control characters or white space at an end");
  }
  auto reason = read_reason(item);
  if (const auto* denied = std::get_if<Denied>(&reason)) return *denied;
  const auto expiry = read_expiry(item, now);
  if (const auto* denied = std::get_if<Denied>(&expiry)) return *denied;
  exemption.reason = std::get<std::string>(std::move(reason));
  exemption.created_at = now;
  exemption.expires_at = std::get<std::optional<TimeMs>>(expiry);
  return exemption;
}

}  // namespace

Result<std::vector<Exemption>> parse_exemption_items(std::string_view body, TimeMs now) {
  const auto document = parse_object(body, {"items"});
  if (const auto* denied = std::get_if<Denied>(&document)) return *denied;
  const auto& object = std::get<rapidjson::Document>(document);
  const auto items = object.FindMember("items");
  const bool is_list = items != object.MemberEnd() && items->value.IsArray();
  if (!is_list || items->value.Empty() || items->value.Size() > kMaxExemptionItems) {
    return invalid("items must be a list of 1 to " + std::to_string(kMaxExemptionItems) + " exemptions");
  }
  std::vector<Exemption> exemptions;
  std::set<std::pair<ExemptionKind, std::string>> subjects;
  for (const auto& item : items->value.GetArray()) {
    const std::string where = "items[" + std::to_string(exemptions.size()) + "]: ";
    auto exemption = read_item(item, now);
    if (const auto* denied = std::get_if<Denied>(&exemption)) return invalid(where + denied->detail);
    exemptions.push_back(std::get<Exemption>(std::move(exemption)));
    if (!subjects.emplace(exemptions.back().kind, exemptions.back().subject).second) {
      return invalid(where + "its kind and id stand there already");
    }
  }
  return exemptions;
}

}  // namespace headroom::admin
