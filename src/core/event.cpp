#include "headroom/event.h"

#include <rapidjson/document.h>
#include <rapidjson/reader.h>

#include <algorithm>

#include "headroom/names.h"
#include "text/json_repair.h"
#include "text/utf8.h"

namespace headroom {
namespace {

// One top-level field of the body: what kind of value stood there, and how often the name came.
struct Field {
  enum class Kind { kAbsent, kString, kInteger, kOther };
  Kind kind = Kind::kAbsent;
  std::string text;
  std::uint64_t integer = 0;
  int times = 0;
};

// Reads the body without building it: the three fields of the outermost object are kept, the rest is only checked.
// A streaming reader, because the body is a stranger's: its memory does not grow with what it holds. Keys are UTF-8;
// a value that is not is checked when it is used.
class BodyReader : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, BodyReader> {
 public:
  bool Null() { return other(); }
  bool Bool(bool) { return other(); }
  bool Int(int v) { return v < 0 ? other() : integer(static_cast<std::uint64_t>(v)); }
  bool Uint(unsigned v) { return integer(v); }
  bool Int64(std::int64_t v) { return v < 0 ? other() : integer(static_cast<std::uint64_t>(v)); }
  bool Uint64(std::uint64_t v) { return integer(v); }
  bool Double(double) { return other(); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    if (depth_ == 1 && current_ != nullptr) {
      current_->kind = Field::Kind::kString;
      current_->text.assign(text, length);
      if (current_ == &command && named<Command>(current_->text)) names_used_command = true;
    }
    return depth_ > 0;
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    if (depth_ == 1) current_ = field({text, length});
    return is_utf8({text, length});
  }
  bool StartObject() { return enter(); }
  bool EndObject(rapidjson::SizeType) { return leave(); }
  bool StartArray() { return depth_ > 0 && enter(); }
  bool EndArray(rapidjson::SizeType) { return leave(); }

  Field command, group_id, event_time;
  bool names_used_command = false;  // in one of its places, when CallbackCommand is doubled

 private:
  Field* field(std::string_view name) {
    Field* found = name == "CallbackCommand" ? &command
                   : name == "GroupId"       ? &group_id
                   : name == "EventTime"     ? &event_time
                                             : nullptr;
    if (found != nullptr) ++found->times;
    return found;
  }
  bool other() {
    if (depth_ == 1 && current_ != nullptr) current_->kind = Field::Kind::kOther;
    return depth_ > 0;
  }
  bool integer(std::uint64_t value) {
    if (depth_ == 1 && current_ != nullptr) {
      current_->kind = Field::Kind::kInteger;
      current_->integer = value;
    }
    return depth_ > 0;
  }
  bool enter() {
    other();
    return ++depth_ <= kMaxJsonDepth;
  }
  bool leave() {
    --depth_;
    return true;
  }

  int depth_ = 0;
  Field* current_ = nullptr;
};

// TopicId is the one further field that is kept; a body with an odd one is still an event.
class TopicReader : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, TopicReader> {
 public:
  bool Default() { return true; }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    wanted_ = depth_ == 1 && std::string_view(text, length) == "TopicId";
    return true;
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    if (depth_ == 1 && wanted_ && !topic) topic.emplace(text, length);
    return true;
  }
  bool StartObject() { return ++depth_ > 0; }
  bool EndObject(rapidjson::SizeType) { return --depth_ >= 0; }
  bool StartArray() { return ++depth_ > 0; }
  bool EndArray(rapidjson::SizeType) { return --depth_ >= 0; }

  std::optional<std::string> topic;

 private:
  int depth_ = 0;
  bool wanted_ = false;
};

constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag;  // encodings are ours to check

// Of a body that is readable_json.
template <typename Reader>
bool read_json(std::string_view body, Reader& handler) {
  // RapidJSON takes a NUL for the end of its input: what stands behind it would go unread.
  if (body.find('\0') != std::string_view::npos) return false;
  rapidjson::MemoryStream stream(body.data(), body.size());
  rapidjson::Reader reader;
  return !reader.Parse<kParseFlags>(stream, handler).IsError();
}

std::optional<TimeMs> time_of(const Field& field) {
  std::uint64_t value = field.integer;
  if (field.kind == Field::Kind::kString) {
    const bool digits = !field.text.empty() && field.text.size() <= 19 &&
                        std::all_of(field.text.begin(), field.text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return std::nullopt;
    value = std::stoull(field.text);
  } else if (field.kind != Field::Kind::kInteger) {
    return std::nullopt;
  }
  if (value > static_cast<std::uint64_t>(kMaxTimeMs)) return std::nullopt;
  return static_cast<TimeMs>(value);
}

// What can be shown, kept and sent on.
bool is_clean(std::string_view text) { return text.find('\0') == std::string_view::npos && is_utf8(text); }

std::optional<std::string> topic_of(std::string_view body) {
  TopicReader reader;
  if (body.find("TopicId") == std::string_view::npos || !read_json(body, reader)) return std::nullopt;
  const bool unfit = reader.topic && (reader.topic->size() > kMaxGroupIdBytes || !is_clean(*reader.topic));
  if (unfit) return std::nullopt;
  return std::move(reader.topic);
}

std::optional<InvalidBody> check_command(const BodyReader& fields, const std::optional<std::string>& query_command) {
  constexpr auto kReason = RefusalReason::kCommand;
  const Field& command = fields.command;
  if (command.kind != Field::Kind::kString || command.text.empty() || !is_utf8(command.text)) {
    return InvalidBody{kReason, "CallbackCommand is missing in the body or is not a string"};
  }
  if (command.times > 1 && fields.names_used_command) {
    return InvalidBody{kReason, "CallbackCommand stands twice in the body"};
  }
  if (query_command && *query_command != command.text) {
    return InvalidBody{kReason, "CallbackCommand of the query and of the body differ"};
  }
  return std::nullopt;
}

// Of a command that is used.
std::optional<InvalidBody> check_fields(const BodyReader& fields) {
  const Field& id = fields.group_id;
  const Field& time = fields.event_time;
  if (id.times > 1) return InvalidBody{RefusalReason::kGroupId, "GroupId stands twice in the body"};
  if (time.times > 1) return InvalidBody{RefusalReason::kEventTime, "EventTime stands twice in the body"};
  if (id.kind != Field::Kind::kString || !is_valid_subject(id.text)) {
    return InvalidBody{RefusalReason::kGroupId,
                       "GroupId must be a string of 1 to 128 bytes of UTF-8 without control characters"};
  }
  if (time.times > 0 && !time_of(time)) {
    return InvalidBody{RefusalReason::kEventTime, "EventTime must be milliseconds since 1970, up to the year 9999"};
  }
  return std::nullopt;
}

}  // namespace

bool is_valid_subject(std::string_view text) {
  if (text.empty() || text.size() > kMaxGroupIdBytes || !is_utf8(text)) return false;
  unsigned char before = 0;
  return std::none_of(text.begin(), text.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool c1 = before == 0xc2 && byte < 0xa0;  // U+0080 to U+009F
    before = byte;
    return byte < 0x20 || byte == 0x7f || c1;
  });
}

ParsedBody parse_webhook_body(std::string_view body, const std::optional<std::string>& query_command) {
  const std::string readable = readable_json(body);
  if (!readable.empty()) body = readable;
  BodyReader fields;
  if (!read_json(body, fields)) {
    return InvalidBody{
        RefusalReason::kMalformed,
        "the body is not a JSON object (at most 64 levels deep, its keys UTF-8, no number beyond 1e308)"};
  }
  if (auto invalid = check_command(fields, query_command)) return *std::move(invalid);
  const auto command = named<Command>(fields.command.text);
  if (!command) return IgnoredCommand{fields.command.text};
  if (auto invalid = check_fields(fields)) return *std::move(invalid);
  Event event;
  event.command = *command;
  event.group_id = fields.group_id.text;
  if (fields.event_time.times > 0) event.event_time = time_of(fields.event_time);
  event.topic_id = topic_of(body);
  if (event.command == Command::kMemberExit) event.exits = read_exits(body);
  return event;
}

TimeMs state_time(const Event& event) {
  if (!event.event_time || *event.event_time < event.received_at - kDayMs ||
      *event.event_time > event.received_at + kEventAhead) {
    return event.received_at;
  }
  return *event.event_time;
}

}  // namespace headroom
