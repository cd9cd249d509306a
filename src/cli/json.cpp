#include "cli/json.h"

namespace headroom {

void put(CliJson& json, const std::string& text) { json.String(text.data(), static_cast<unsigned>(text.size())); }

void put(CliJson& json, const char* key, const std::string& text) {
  json.Key(key);
  put(json, text);
}

void put(CliJson& json, const char* key, std::int64_t number) {
  json.Key(key);
  json.Int64(number);
}

void put_or_null(CliJson& json, const char* key, const std::string& text) {
  json.Key(key);
  text.empty() ? static_cast<void>(json.Null()) : put(json, text);
}

}  // namespace headroom
