#include "sqlite/tables/run_json.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "headroom/names.h"
#include "headroom/storage.h"

namespace headroom::sqlite {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// A key that came later is absent in older rows, and means its default of the day on which it came. It is not written
// when it has that value: the text of one policy is the same in old and new rows, which policy_outcome relies on.
constexpr std::int64_t kMinCapacityOfOldRows = 20;

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

const rapidjson::Value& field(const rapidjson::Value& object, const char* key) {
  const auto found = object.FindMember(key);
  if (found == object.MemberEnd()) fail(std::string(key) + " is missing");
  return found->value;
}

std::int64_t read_integer(const rapidjson::Value& object, const char* key) {
  const rapidjson::Value& value = field(object, key);
  if (!value.IsInt64()) fail(std::string(key) + " is no integer");
  return value.GetInt64();
}

std::int64_t read_integer_or(const rapidjson::Value& object, const char* key, std::int64_t absent) {
  return object.HasMember(key) ? read_integer(object, key) : absent;
}

bool read_bool(const rapidjson::Value& object, const char* key) {
  const rapidjson::Value& value = field(object, key);
  if (!value.IsBool()) fail(std::string(key) + " is no boolean");
  return value.GetBool();
}

Share read_share(const rapidjson::Value& object, const char* key) {
  const rapidjson::Value& value = field(object, key);
  if (!value.IsObject()) fail(std::string(key) + " is no object");
  if (value.HasMember("count")) return Share::count(read_integer(value, "count"));
  return {Share::Kind::kPartsPerMillion, read_integer(value, "parts_per_million")};
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
  if (policy.min_capacity != kMinCapacityOfOldRows) write_integer(writer, "min_capacity", policy.min_capacity);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

Policy policy_from_json(const std::string& json) {
  const rapidjson::Document document = parse_object(json);
  Policy policy;
  policy.inactive_for = read_integer(document, "inactive_for_ms");
  policy.newcomer_grace = read_integer(document, "newcomer_grace_ms");
  policy.target_headroom = read_share(document, "target_headroom");
  policy.max_removals_per_run = read_integer(document, "max_removals_per_run");
  policy.max_removals_per_day = read_integer(document, "max_removals_per_day");
  policy.max_removals_per_group_day = read_integer(document, "max_removals_per_group_day");
  policy.max_removed_share = read_share(document, "max_removed_share");
  policy.protect_online = read_bool(document, "protect_online");
  policy.reader_backlog = read_integer(document, "reader_backlog");
  policy.silence = read_bool(document, "silence");
  policy.min_capacity = read_integer_or(document, "min_capacity", kMinCapacityOfOldRows);
  const rapidjson::Value& reason = field(document, "reason");
  if (!reason.IsString()) fail("reason is no string");
  policy.reason.assign(reason.GetString(), reason.GetStringLength());
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
