#include "webhook/answer.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "text/json_repair.h"
#include "text/utf8.h"

namespace headroom::webhook {

namespace {

constexpr const char* kJson = "application/json";

}  // namespace

Response webhook_ok() {
  Response response;
  response.content_type = kJson;
  response.body = R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0})";
  return response;
}

Response webhook_fail(int status, std::string_view reason) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("ActionStatus");
  writer.String("FAIL");
  writer.Key("ErrorInfo");
  writer.String(reason.data(), static_cast<rapidjson::SizeType>(reason.size()));
  writer.Key("ErrorCode");
  writer.Int(1);
  writer.EndObject();
  Response response;
  response.status = status;
  response.content_type = kJson;
  response.body.assign(buffer.GetString(), buffer.GetSize());
  return response;
}

std::string short_text(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) return {};
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7f;
  });
  return printable && is_utf8(text) ? std::string(text) : std::string();
}

}  // namespace headroom::webhook
