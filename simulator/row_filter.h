#pragma once

#include <rapidjson/document.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace chatsim {

// Which fields of a row were asked for; without a list all but those that have to be asked for.
class RowFilter {
 public:
  // nullopt when `names` is there and is not an array of known names.
  static std::optional<RowFilter> parse(const rapidjson::Value* names, const std::vector<std::string_view>& known);

  bool wants(std::string_view name) const { return !names_ || names_->contains(name); }
  bool asks_for(std::string_view name) const { return names_ && names_->contains(name); }

 private:
  std::optional<std::set<std::string, std::less<>>> names_;
};

}  // namespace chatsim
