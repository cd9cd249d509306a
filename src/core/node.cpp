#include "headroom/node.h"

#include <map>
#include <set>
#include <string_view>

namespace headroom {
namespace {

constexpr std::size_t kMostNamed = 5;
constexpr std::string_view kIs = " = ";

std::map<std::string_view, std::string_view> values_of(std::string_view text) {
  std::map<std::string_view, std::string_view> values;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (const auto is = line.find(kIs); is != std::string_view::npos)
      values[line.substr(0, is)] = line.substr(is + kIs.size());
  }
  return values;
}

}  // namespace

std::string differing_keys(const NodeState& one, const NodeState& other) {
  const auto ones = values_of(one.config);
  const auto others = values_of(other.config);
  if (ones.empty() || others.empty()) return "";
  std::set<std::string_view> keys;
  for (const auto& [key, value] : ones) {
    const auto found = others.find(key);
    if (found == others.end() || found->second != value) keys.insert(key);
  }
  for (const auto& [key, value] : others) {
    if (!ones.contains(key)) keys.insert(key);
  }
  std::string text;
  std::size_t named = 0;
  for (const std::string_view key : keys) {
    if (named == kMostNamed) return text + " and " + std::to_string(keys.size() - named) + " more";
    text.append(named++ == 0 ? "" : ", ").append(key);
  }
  return text;
}

}  // namespace headroom
