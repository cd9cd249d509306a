#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chatsim {

// nullptr when `object` is no object or has no such field; an empty name is none.
inline const rapidjson::Value* field(const rapidjson::Value& object, std::string_view name) {
  if (!object.IsObject() || name.empty()) return nullptr;
  const rapidjson::Value key(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size())));
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

inline std::optional<std::string> text(const rapidjson::Value* value) {
  if (value == nullptr || !value->IsString()) return std::nullopt;
  return std::string(value->GetString(), value->GetStringLength());
}

inline std::optional<std::int64_t> number(const rapidjson::Value* value) {
  if (value == nullptr || !value->IsInt64()) return std::nullopt;
  return value->GetInt64();
}

// nullopt when it is no array of strings.
inline std::optional<std::vector<std::string>> texts(const rapidjson::Value* value) {
  if (value == nullptr || !value->IsArray()) return std::nullopt;
  std::vector<std::string> out;
  for (const rapidjson::Value& element : value->GetArray()) {
    auto one = text(&element);
    if (!one) return std::nullopt;
    out.push_back(std::move(*one));
  }
  return out;
}

}  // namespace chatsim
