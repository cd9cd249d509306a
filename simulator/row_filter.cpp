#include "simulator/row_filter.h"

#include <algorithm>

#include "simulator/json_field.h"

namespace chatsim {

std::optional<RowFilter> RowFilter::parse(const rapidjson::Value* names, const std::vector<std::string_view>& known) {
  RowFilter out;
  if (names == nullptr) return out;
  const auto list = texts(names);
  if (!list) return std::nullopt;
  for (const std::string& name : *list) {
    if (std::find(known.begin(), known.end(), name) == known.end()) return std::nullopt;
  }
  out.names_.emplace(list->begin(), list->end());
  return out;
}

}  // namespace chatsim
