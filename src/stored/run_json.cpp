#include "stored/run_json.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>
#include <optional>
#include <system_error>

#include "headroom/names.h"
#include "headroom/storage.h"

namespace headroom::stored {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// What a key meant on the day on which it came: what it means where it is absent, as it is in the rows of before. A key
// of a later day than the first is not written when it has that value, so that the text of one policy is the same in
// old and new rows: policy_outcome relies on it.
Policy born() {
  Policy policy;
  policy.inactive_for = 30 * kDayMs;
  policy.newcomer_grace = 7 * kDayMs;
  policy.target_headroom = Share{Share::Kind::kPartsPerMillion, 50000};
  policy.max_removals_per_run = 100;
  policy.max_removals_per_day = 1000;
  policy.max_removals_per_group_day = 200;
  policy.max_removed_share = Share{Share::Kind::kPartsPerMillion, 100000};
  policy.protect_online = true;
  policy.reader_backlog = 100;
  policy.silence = true;
  policy.reason = "inactive";
  policy.min_capacity = 20;
  policy.second_look = 0;
  policy.first_share = Share{Share::Kind::kPartsPerMillion, 1000000};
  policy.scope = {};
  policy.protect_accounts = {};
  return policy;
}

[[noreturn]] void fail(const std::string& what) {
  throw StorageError(StorageError::Kind::kOther, "a run in the database is damaged: " + what);
}

void write_key(Writer& writer, std::string_view key) {
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void write_integer(Writer& writer, std::string_view key, std::int64_t value) {
  write_key(writer, key);
  writer.Int64(value);
}

// Absent when empty.
void write_text(Writer& writer, std::string_view key, const std::string& text) {
  if (text.empty()) return;
  write_key(writer, key);
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write_share(Writer& writer, std::string_view key, const Share& share) {
  write_key(writer, key);
  writer.StartObject();
  write_integer(writer, share.kind == Share::Kind::kCount ? "count" : "parts_per_million", share.value);
  writer.EndObject();
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && rest == end ? std::optional(value) : std::nullopt;
}

rapidjson::Document parse_object(const std::string& json) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (document.HasParseError() || !document.IsObject()) fail("not a JSON object");
  return document;
}

// nullptr when it is absent. A key that nobody knows, of a later version, is passed over.
const rapidjson::Value* find(const rapidjson::Value& object, const char* key) {
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

void read(const rapidjson::Value& object, const char* key, std::int64_t& into) {
  const rapidjson::Value* const value = find(object, key);
  if (value == nullptr) return;
  if (!value->IsInt64()) fail(std::string(key) + " is no integer");
  into = value->GetInt64();
}

void read(const rapidjson::Value& object, const char* key, bool& into) {
  const rapidjson::Value* const value = find(object, key);
  if (value == nullptr) return;
  if (!value->IsBool()) fail(std::string(key) + " is no boolean");
  into = value->GetBool();
}

void read(const rapidjson::Value& object, const char* key, std::string& into) {
  const rapidjson::Value* const value = find(object, key);
  if (value == nullptr) return;
  if (!value->IsString()) fail(std::string(key) + " is no string");
  into.assign(value->GetString(), value->GetStringLength());
}

void read(const rapidjson::Value& object, const char* key, Share& into) {
  const rapidjson::Value* const value = find(object, key);
  if (value == nullptr) return;
  if (!value->IsObject() || value->MemberCount() != 1) fail(std::string(key) + " is no share");
  const bool count = value->HasMember("count");
  Share share{count ? Share::Kind::kCount : Share::Kind::kPartsPerMillion, -1};
  read(*value, count ? "count" : "parts_per_million", share.value);
  if (share.value < 0) fail(std::string(key) + " is no share");
  into = share;
}

void read(const rapidjson::Value& object, const char* key, Globs& into) {
  std::string text;
  read(object, key, text);
  const auto globs = Globs::parse(text);
  if (!globs) fail(std::string(key) + " is no list of patterns");
  into = *globs;
}

void read(const rapidjson::Value& object, const char* key, GroupTypes& into) {
  std::string text = into.text();
  read(object, key, text);
  const auto types = GroupTypes::parse(text);
  if (!types) fail(std::string(key) + " is no list of types");
  into = *types;
}

void read(const rapidjson::Value& object, const char* key, std::optional<std::int64_t>& into) {
  if (find(object, key) == nullptr) return;
  std::int64_t value = 0;
  read(object, key, value);
  into = value;
}

}  // namespace

std::string policy_to_json(const Policy& policy) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  write_integer(writer, "inactive_for_ms", policy.inactive_for);
  write_integer(writer, "newcomer_grace_ms", policy.newcomer_grace);
  write_share(writer, "target_headroom", policy.target_headroom);
  write_integer(writer, "max_removals_per_run", policy.max_removals_per_run);
  write_integer(writer, "max_removals_per_day", policy.max_removals_per_day);
  write_integer(writer, "max_removals_per_group_day", policy.max_removals_per_group_day);
  write_share(writer, "max_removed_share", policy.max_removed_share);
  write_key(writer, "protect_online");
  writer.Bool(policy.protect_online);
  write_integer(writer, "reader_backlog", policy.reader_backlog);
  write_key(writer, "silence");
  writer.Bool(policy.silence);
  write_key(writer, "reason");
  writer.String(policy.reason.data(), static_cast<rapidjson::SizeType>(policy.reason.size()));
  const Policy birth = born();
  if (policy.min_capacity != birth.min_capacity) write_integer(writer, "min_capacity", policy.min_capacity);
  if (policy.second_look != birth.second_look) write_integer(writer, "second_look_ms", policy.second_look);
  if (!(policy.first_share == birth.first_share)) write_share(writer, "first_share", policy.first_share);
  write_text(writer, "only_groups", policy.scope.only_groups.text());
  write_text(writer, "except_groups", policy.scope.except_groups.text());
  if (!(policy.scope.types == birth.scope.types)) write_text(writer, "types", policy.scope.types.text());
  write_text(writer, "protect_accounts", policy.protect_accounts.text());
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

Policy policy_from_json(const std::string& json) {
  const rapidjson::Document document = parse_object(json);
  Policy policy = born();
  read(document, "inactive_for_ms", policy.inactive_for);
  read(document, "newcomer_grace_ms", policy.newcomer_grace);
  read(document, "target_headroom", policy.target_headroom);
  read(document, "max_removals_per_run", policy.max_removals_per_run);
  read(document, "max_removals_per_day", policy.max_removals_per_day);
  read(document, "max_removals_per_group_day", policy.max_removals_per_group_day);
  read(document, "max_removed_share", policy.max_removed_share);
  read(document, "protect_online", policy.protect_online);
  read(document, "reader_backlog", policy.reader_backlog);
  read(document, "silence", policy.silence);
  read(document, "reason", policy.reason);
  read(document, "min_capacity", policy.min_capacity);
  read(document, "second_look_ms", policy.second_look);
  read(document, "first_share", policy.first_share);
  read(document, "only_groups", policy.scope.only_groups);
  read(document, "except_groups", policy.scope.except_groups);
  read(document, "types", policy.scope.types);
  read(document, "protect_accounts", policy.protect_accounts);
  return policy;
}

std::string evidence_to_json(const ListingEvidence& evidence) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  if (evidence.next_msg_seq) write_integer(writer, "next_msg_seq", *evidence.next_msg_seq);
  if (evidence.last_msg_at_s) write_integer(writer, "last_msg_at_s", *evidence.last_msg_at_s);
  write_key(writer, "mute_all");
  writer.Bool(evidence.mute_all);
  write_key(writer, "silent");
  writer.Bool(evidence.silent);
  write_text(writer, "type", evidence.type);
  write_key(writer, "histogram");
  writer.StartObject();
  for (const auto& [role, days] : evidence.histogram) {
    write_key(writer, name_of(role));
    writer.StartObject();
    for (const auto& [least, members] : days) write_integer(writer, std::to_string(least), members);
    writer.EndObject();
  }
  writer.EndObject();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

ListingEvidence evidence_from_json(const std::string& json) {
  const rapidjson::Document document = parse_object(json);
  ListingEvidence evidence;
  read(document, "next_msg_seq", evidence.next_msg_seq);
  read(document, "last_msg_at_s", evidence.last_msg_at_s);
  read(document, "mute_all", evidence.mute_all);
  read(document, "silent", evidence.silent);
  read(document, "type", evidence.type);
  const rapidjson::Value* const histogram = find(document, "histogram");
  if (histogram == nullptr || !histogram->IsObject()) fail("no histogram");
  for (const auto& of_role : histogram->GetObject()) {
    const auto role = named<Role>({of_role.name.GetString(), of_role.name.GetStringLength()});
    if (!role || !of_role.value.IsObject()) fail("histogram");
    for (const auto& bucket : of_role.value.GetObject()) {
      const auto least = parse_integer({bucket.name.GetString(), bucket.name.GetStringLength()});
      if (!least || !bucket.value.IsInt64()) fail("histogram");
      evidence.histogram[*role][*least] = bucket.value.GetInt64();
    }
  }
  return evidence;
}

std::string kept_to_json(const std::map<Why, std::int64_t>& kept) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  for (const auto& [why, count] : kept) write_integer(writer, name_of(why), count);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::map<Why, std::int64_t> kept_from_json(const std::string& json) {
  const rapidjson::Document document = parse_object(json);
  std::map<Why, std::int64_t> kept;
  for (const auto& member : document.GetObject()) {
    const std::optional<Why> why = named<Why>({member.name.GetString(), member.name.GetStringLength()});
    if (!why || !member.value.IsInt64()) fail("kept members");
    kept[*why] = member.value.GetInt64();
  }
  return kept;
}

}  // namespace headroom::stored
