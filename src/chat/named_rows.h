#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace headroom::reply_parser {

// The rows of one answer, each name once, in the order in which they came. Of a name that comes twice with different
// values none is believed: nullopt.
template <typename Value>
class NamedRows {
 public:
  void add(const std::string& name, Value value) {
    const auto [known, is_new] = places_.emplace(name, rows_.size());
    if (is_new) {
      rows_.emplace_back(name, std::move(value));
    } else if (auto& believed = rows_[known->second].second; believed != value) {
      believed.reset();
    }
  }

  bool contains(const std::string& name) const { return places_.count(name) != 0; }
  std::vector<std::pair<std::string, std::optional<Value>>> take() {
    places_.clear();
    return std::move(rows_);
  }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<std::pair<std::string, std::optional<Value>>> rows_;
};

}  // namespace headroom::reply_parser
