#include "ctl/import.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ctl/answer.h"
#include "ctl/csv.h"
#include "ctl/exit.h"
#include "text/json_object.h"
#include "text/time_text.h"
#include "text/units.h"
#include "text/utf8.h"

namespace headroom::ctl {
namespace {

constexpr std::size_t kMaxItems = 1000;       // of one request
constexpr std::size_t kMaxBytes = 1'000'000;  // of a body: the API takes 1 MiB
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::array<std::string_view, 4> kFields = {"kind", "id", "reason", "expires_at"};

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw Failure(exit_status::kUsage, "the file to import: " + where + ": " + what);
}

NewExemption checked(NewExemption item, const std::string& where) {
  if (item.kind != "group" && item.kind != "member") refuse(where, "kind is group or member, not '" + item.kind + "'");
  if (item.id.empty()) refuse(where, "there is no id");
  if (!is_plain_text(item.id) || !is_plain_text(item.reason)) {
    refuse(where, "there is a control character, or what is no UTF-8");
  }
  return item;
}

std::optional<TimeMs> moment_in(const std::string& text, TimeMs now, Zone zone, const std::string& where) {
  if (text.empty()) return std::nullopt;
  const auto moment = parse_moment(text, now, zone, Direction::kAhead);
  if (!moment) refuse(where, "expires_at is no RFC 3339 time, date or duration: '" + text + "'");
  return moment;
}

std::vector<NewExemption> of_json(std::string_view text, TimeMs now, Zone zone) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (document.HasParseError()) refuse("byte " + std::to_string(document.GetErrorOffset()), "that is no JSON");
  const bool whole = document.IsObject() && document.HasMember("items");
  const Json& items = whole ? document["items"] : document;
  if (!items.IsArray()) refuse("JSON", "there is no list of items");
  std::vector<NewExemption> all;
  for (const Json& item : items.GetArray()) {
    const std::string where = "item " + std::to_string(all.size() + 1);
    if (!item.IsObject()) refuse(where, "that is no object");
    try {
      all.push_back(checked({text_of(item, "kind"), text_of(item, "id"), text_of(item, "reason"),
                             moment_in(text_of(item, "expires_at"), now, zone, where)},
                            where));
    } catch (const Failure& failure) {
      if (failure.status() == exit_status::kUsage) throw;
      refuse(where, "kind, id, reason and expires_at are texts, or null");
    }
  }
  return all;
}

// Which field stands where, by the first record if it names them.
std::vector<std::string> header_of(const CsvFile& file) {
  if (file.records.empty() || file.records.front().fields.front() != "kind") return {};
  const auto& names = file.records.front().fields;
  for (const std::string& name : names) {
    if (std::find(kFields.begin(), kFields.end(), name) == kFields.end()) {
      refuse("line 1", "there is no field '" + name + "': kind,id,reason,expires_at");
    }
    if (std::count(names.begin(), names.end(), name) > 1) refuse("line 1", "'" + name + "' stands there twice");
  }
  return names;
}

std::vector<NewExemption> of_csv(std::string_view text, TimeMs now, Zone zone) {
  const CsvFile file = parse_csv(text);
  if (!file.error.empty()) refuse("CSV", file.error);
  std::vector<std::string> names = header_of(file);
  const std::size_t first = names.empty() ? 0 : 1;
  if (names.empty()) names.assign(kFields.begin(), kFields.end());
  std::vector<NewExemption> all;
  for (std::size_t i = first; i < file.records.size(); ++i) {
    const CsvRecord& record = file.records[i];
    const std::string where = "line " + std::to_string(record.line);
    if (record.fields.size() > names.size()) refuse(where, "it has more fields than kind,id,reason,expires_at");
    const auto field = [&](std::string_view name) -> std::string {
      const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
      return at < record.fields.size() ? record.fields[at] : "";
    };
    all.push_back(checked(
        {field("kind"), field("id"), field("reason"), moment_in(field("expires_at"), now, zone, where)}, where));
  }
  return all;
}

}  // namespace

std::vector<NewExemption> parse_exemptions(std::string_view text, TimeMs now, Zone zone) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::string_view begin = trim(text);
  if (begin.find('\0') != std::string_view::npos) refuse("text", "there is a NUL byte");
  if (begin.empty()) refuse("text", "there is nothing in it");
  return begin.front() == '{' || begin.front() == '[' ? of_json(begin, now, zone) : of_csv(text, now, zone);
}

std::vector<std::string> import_bodies(const std::vector<NewExemption>& exemptions) {
  std::vector<std::string> bodies;
  for (std::size_t next = 0; next < exemptions.size();) {
    JsonObject body;
    body.begin_list("items");
    std::size_t items = 0, bytes = 0;
    for (; next < exemptions.size() && items < kMaxItems && bytes < kMaxBytes; ++next, ++items) {
      const NewExemption& exemption = exemptions[next];
      bytes += 2 * (exemption.id.size() + exemption.reason.size()) + 100;  // each character may be escaped
      body.begin_item();
      body.text("kind", exemption.kind);
      body.text("id", exemption.id);
      body.text_or_null("reason", exemption.reason);
      body.time("expires_at", exemption.expires_at);
      body.end_object();
    }
    body.end_list();
    bodies.push_back(body.finish());
  }
  return bodies;
}

}  // namespace headroom::ctl
