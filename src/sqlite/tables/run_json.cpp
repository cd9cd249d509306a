#include "sqlite/tables/run_json.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "headroom/names.h"
#include "headroom/storage.h"

namespace headroom::sqlite {
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
  return policy;
}

[[noreturn]] void fail(const std::string& what) {
  throw StorageError(StorageError::Kind::kFatal, "a run in the database is damaged: " + what);
}

void write_key(Writer& writer, std::string_view key) {
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void write_integer(Writer& writer, std::string_view key, std::int64_t value) {
  write_key(writer, key);
  writer.Int64(value);
}

void write_share(Writer& writer, std::string_view key, const Share& share) {
  write_key(writer, key);
  writer.StartObject();
  write_integer(writer, share.kind == Share::Kind::kCount ? "count" : "parts_per_million", share.value);
  writer.EndObject();
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
  if (policy.min_capacity != born().min_capacity) write_integer(writer, "min_capacity", policy.min_capacity);
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
  return policy;
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

}  // namespace headroom::sqlite
