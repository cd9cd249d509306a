#include <rapidjson/document.h>

#include "headroom/event.h"
#include "headroom/names.h"
#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"
#include "text/json_repair.h"
#include "text/utf8.h"
#include "webhook/signature.h"

// A body that Chat, or anybody else, sends to the webhook.
namespace headroom {
namespace {

// Another reader of the same library, told to be strict, has to find in what is kept what the streaming one found in
// what was received.
void require_in_document(const Event& event, std::string_view received) {
  REQUIRE(received.find('\0') == received.npos);
  const std::string body = repaired_json(std::string(received));
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  REQUIRE(!document.HasParseError() && document.IsObject());
  REQUIRE(document.HasMember("CallbackCommand") && document["CallbackCommand"] == std::string(name_of(event.command)));
  REQUIRE(document.HasMember("GroupId") && document["GroupId"] == event.group_id);
  REQUIRE(document.HasMember("EventTime") == event.event_time.has_value());
  if (!event.event_time) return;
  const auto& time = document["EventTime"];
  REQUIRE(time.IsString() || (time.IsUint64() && time.GetUint64() == static_cast<std::uint64_t>(*event.event_time)));
}

void require_event(const Event& event, std::string_view body) {
  REQUIRE(is_valid_subject(event.group_id));
  REQUIRE(is_valid_subject(event.group_id));  // or no path of the admin API could name the group
  REQUIRE(!event.event_time || (*event.event_time >= 0 && *event.event_time <= kMaxTimeMs));
  REQUIRE(!event.topic_id || (event.topic_id->size() <= kMaxGroupIdBytes && is_utf8(*event.topic_id)));
  require_in_document(event, body);
}

void require_agreement_with_the_query(std::string_view body, const std::string& command) {
  REQUIRE(!std::holds_alternative<InvalidBody>(parse_webhook_body(body, command)));
  REQUIRE(std::holds_alternative<InvalidBody>(parse_webhook_body(body, command + "x")));
}

void require_state_time(Event event) {
  for (const TimeMs received : {TimeMs{0}, event.event_time.value_or(0), kMaxTimeMs}) {
    event.received_at = received;
    const TimeMs time = state_time(event);
    REQUIRE(time == received || (time >= received - kDayMs && time <= received + 5 * kMinuteMs));
  }
}

}  // namespace
}  // namespace headroom

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom;
  const std::string_view body = text_of(data, size);
  const ParsedBody parsed = parse_webhook_body(body, std::nullopt);
  if (const auto* event = std::get_if<Event>(&parsed)) {
    require_event(*event, body);
    require_agreement_with_the_query(body, std::string(name_of(event->command)));
    require_state_time(*event);
    if (event->event_time) REQUIRE(webhook::fingerprint_of(*event, body) == webhook::fingerprint_of(*event, body));
  } else if (const auto* ignored = std::get_if<IgnoredCommand>(&parsed)) {
    REQUIRE(!ignored->command.empty() && !named<Command>(ignored->command));
    REQUIRE(body.find('\0') == body.npos);
    require_agreement_with_the_query(body, ignored->command);
  } else {
    const std::string& reason = std::get<InvalidBody>(parsed).what;
    REQUIRE(!reason.empty() && reason.size() <= 200 && is_plain_text(reason));
  }
  return 0;
}
