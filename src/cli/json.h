#pragma once

#include <rapidjson/ostreamwrapper.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <ostream>
#include <string>

// What commands print with --json.
namespace headroom {

using CliJson = rapidjson::Writer<rapidjson::OStreamWrapper>;

void put(CliJson& json, const std::string& text);  // valid UTF-8
void put(CliJson& json, const char* key, const std::string& text);
void put(CliJson& json, const char* key, std::int64_t number);
void put_or_null(CliJson& json, const char* key, const std::string& text);

}  // namespace headroom
