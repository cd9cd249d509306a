#include "spool/exits_text.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace headroom::spool {

// Neither the writer nor the reader checks encodings: what is no UTF-8 comes back as it was.
std::string accounts_text(const std::vector<std::string>& accounts) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartArray();
  for (const std::string& account : accounts) {
    writer.String(account.data(), static_cast<rapidjson::SizeType>(account.size()));
  }
  writer.EndArray();
  return {buffer.GetString(), buffer.GetSize()};
}

std::optional<std::vector<std::string>> accounts_of(const std::string& text) {
  rapidjson::Document list;
  list.Parse(text.data(), text.size());
  if (list.HasParseError() || !list.IsArray()) return std::nullopt;
  std::vector<std::string> accounts;
  for (const auto& item : list.GetArray()) {
    if (!item.IsString()) return std::nullopt;
    accounts.emplace_back(item.GetString(), item.GetStringLength());
  }
  return accounts;
}

}  // namespace headroom::spool
