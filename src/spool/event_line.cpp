#include "spool/event_line.h"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "headroom/names.h"
#include "text/hex.h"
#include "text/json_object.h"
#include "text/utf8.h"

namespace headroom::spool {
namespace {

constexpr std::int64_t kFormat = 1;

void put_text(JsonObject& json, std::string_view name, std::string_view text) {
  if (is_utf8(text)) return json.text(name, text);
  json.begin_object(name);
  json.text("hex", hex_of(text));
  json.end_object();
}

// What is wrong with a line, for who asked for it.
struct Wrong {
  std::string what;
};

std::string bytes_of(std::string_view hex, std::string_view name) {
  auto bytes = bytes_of_hex(hex);
  if (!bytes) throw Wrong{std::string(name) + " is no hexadecimal number"};
  return *std::move(bytes);
}

// One object, field by field; throws Wrong.
class Fields {
 public:
  explicit Fields(std::string_view line) {
    json_.Parse<rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
    if (json_.HasParseError())
      throw Wrong{std::string("no JSON: ") + rapidjson::GetParseError_En(json_.GetParseError())};
    if (!json_.IsObject()) throw Wrong{"no JSON object"};
  }
  std::string text(const char* name) const { return text_of(get(name), name); }
  std::optional<std::string> optional_text(const char* name) const {
    if (get(name).IsNull()) return std::nullopt;
    return text(name);
  }
  std::vector<std::string> texts(const char* name) const {
    const rapidjson::Value& list = get(name);
    if (!list.IsArray()) throw Wrong{std::string(name) + " is no list"};
    std::vector<std::string> texts;
    for (const auto& item : list.GetArray()) texts.push_back(text_of(item, name));
    return texts;
  }
  std::int64_t number(const char* name) const {
    const rapidjson::Value& value = get(name);
    if (!value.IsInt64()) throw Wrong{std::string(name) + " is no whole number"};
    return value.GetInt64();
  }
  std::optional<std::int64_t> optional_number(const char* name) const {
    if (get(name).IsNull()) return std::nullopt;
    return number(name);
  }
  bool flag(const char* name) const {
    const rapidjson::Value& value = get(name);
    if (!value.IsBool()) throw Wrong{std::string(name) + " is neither true nor false"};
    return value.GetBool();
  }
  template <typename Enum>
  Enum word(const char* name) const {
    const std::optional<Enum> value = named<Enum>(text(name));
    if (!value) throw Wrong{std::string(name) + " is none that headroom knows"};
    return *value;
  }
  std::optional<std::array<std::uint8_t, 16>> optional_id(const char* name) const {
    const auto hex = optional_text(name);
    if (!hex) return std::nullopt;
    const std::string bytes = bytes_of(*hex, name);
    std::array<std::uint8_t, 16> id{};
    if (bytes.size() != id.size()) throw Wrong{std::string(name) + " is not of 16 bytes"};
    std::copy(bytes.begin(), bytes.end(), id.begin());
    return id;
  }

 private:
  const rapidjson::Value& get(const char* name) const {
    const auto field = json_.FindMember(name);
    if (field == json_.MemberEnd()) throw Wrong{std::string(name) + " is missing"};
    return field->value;
  }
  static std::string text_of(const rapidjson::Value& value, const char* name) {
    if (value.IsString()) return {value.GetString(), value.GetStringLength()};
    if (value.IsObject() && value.HasMember("hex") && value["hex"].IsString()) {
      return bytes_of({value["hex"].GetString(), value["hex"].GetStringLength()}, name);
    }
    throw Wrong{std::string(name) + " is no text"};
  }

  rapidjson::Document json_;
};

}  // namespace

std::string line_of(const Event& event, std::string_view refused) {
  JsonObject json;
  json.text("intake_id", event.intake_id ? hex_of(*event.intake_id) : std::string());
  json.text("command", name_of(event.command));
  put_text(json, "group_id", event.group_id);
  json.text("source", name_of(event.source));
  json.number("event_time", event.event_time);
  json.number("received_at", event.received_at);
  put_text(json, "client_ip", event.client_ip);
  put_text(json, "platform", event.platform);
  if (event.topic_id) {
    put_text(json, "topic_id", *event.topic_id);
  } else {
    json.null("topic_id");
  }
  json.flag("kicked", event.exits.kicked);
  json.begin_list("exits");
  for (const std::string& account : event.exits.accounts) {
    if (is_utf8(account)) {
      json.item(account);
    } else {
      json.begin_item();
      json.text("hex", hex_of(account));
      json.end_object();
    }
  }
  json.end_list();
  if (event.fingerprint) {
    json.text("fingerprint", hex_of(*event.fingerprint));
  } else {
    json.null("fingerprint");
  }
  put_text(json, "body", event.body);
  if (!refused.empty()) json.text("refused", refused);
  return json.finish();
}

std::variant<Event, BadLine> event_of(std::string_view line) {
  try {
    const Fields fields(line);
    Event event;
    event.intake_id = fields.optional_id("intake_id");
    if (!event.intake_id) throw Wrong{"intake_id is null"};
    event.command = fields.word<Command>("command");
    event.group_id = fields.text("group_id");
    event.source = fields.word<EventSource>("source");
    event.event_time = fields.optional_number("event_time");
    event.received_at = fields.number("received_at");
    event.client_ip = fields.text("client_ip");
    event.platform = fields.text("platform");
    event.topic_id = fields.optional_text("topic_id");
    event.exits.kicked = fields.flag("kicked");
    event.exits.accounts = fields.texts("exits");
    event.fingerprint = fields.optional_id("fingerprint");
    event.body = fields.text("body");
    return event;
  } catch (const Wrong& wrong) {
    return BadLine{wrong.what};
  }
}

std::string line_of(const Head& head) {
  JsonObject json;
  json.number("headroom_spool", kFormat);
  put_text(json, "database", head.database);
  json.number("events", head.events);
  return json.finish();
}

std::variant<Head, BadLine> head_of(std::string_view line) {
  try {
    const Fields fields(line);
    if (fields.number("headroom_spool") != kFormat) throw Wrong{"headroom_spool is of another version"};
    return Head{fields.text("database"), fields.number("events")};
  } catch (const Wrong& wrong) {
    return BadLine{wrong.what};
  }
}

}  // namespace headroom::spool
