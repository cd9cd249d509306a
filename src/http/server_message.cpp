#include "http/server_message.h"

namespace headroom::http {

namespace {

std::vector<std::string> values_of(const Fields& fields, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : fields) {
    if (key == name) values.push_back(value);
  }
  return values;
}

}  // namespace

const std::string* Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::vector<std::string> Request::header_values(std::string_view name) const { return values_of(headers, name); }

std::vector<std::string> Request::query_values(std::string_view name) const { return values_of(query, name); }

}  // namespace headroom::http
