#include "simulator/webhook_event.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace chatsim {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

struct FieldWriter {
  Writer& out;

  void operator()(const std::string& text) const { out.String(text); }
  void operator()(std::int64_t number) const { out.Int64(number); }
  void operator()(const AccountList& accounts) const {
    out.StartArray();
    for (const std::string& account : accounts) {
      out.StartObject();
      out.Key("Member_Account");
      out.String(account);
      out.EndObject();
    }
    out.EndArray();
  }
};

}  // namespace

std::string render(const WebhookEvent& event, EventTimeMode mode) {
  rapidjson::StringBuffer buffer;
  Writer out(buffer);
  out.StartObject();
  out.Key("CallbackCommand");
  out.String(event.command);
  for (const auto& [name, value] : event.fields) {
    out.String(name);
    std::visit(FieldWriter{out}, value);
  }
  if (event.event_time_ms && mode == EventTimeMode::kInteger) {
    out.Key("EventTime");
    out.Int64(*event.event_time_ms);
  } else if (event.event_time_ms && mode == EventTimeMode::kString) {
    out.Key("EventTime");
    out.String(std::to_string(*event.event_time_ms));
  }
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace chatsim
