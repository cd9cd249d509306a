#include "config/ceiling_hint.h"

#include <algorithm>
#include <set>

#include "config/file.h"
#include "headroom/raise.h"
#include "headroom/scope.h"
#include "text/units.h"

namespace headroom {
namespace {

// Of one part between commas.
std::string hint_of(std::string_view part, std::set<GroupType>& seen) {
  const auto colon = part.find(':');
  if (colon == std::string_view::npos) {
    if (parse_count(part)) return "a ceiling is a type's: Public:" + std::string(part);
    return quote_value(std::string(part)) + " has no limit (Public:2000)";
  }
  const std::string_view name = trim(part.substr(0, colon));
  const auto type = group_type(name);
  if (!type)
    return "no type of groups that get full is called " + quote_value(std::string(name)) +
           " (Private, Public, ChatRoom, Community)";
  const auto limit = parse_count(trim(part.substr(colon + 1)));
  if (!limit || *limit < 1 || *limit > kMostMembers) {
    return "the limit of " + std::string(name) + " is no number from 1 to " + std::to_string(kMostMembers);
  }
  if (seen.insert(*type).second) return "";
  return "the type " + std::string(name_of(*type)) + " is named twice" +
         (name == name_of(*type) ? "" : " (" + std::string(name) + " is its other name)");
}

}  // namespace

std::string ceiling_hint(std::string_view text) {
  std::set<GroupType> seen;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(',', start), text.size());
    const std::string_view part = trim(text.substr(start, end - start));
    if (part.empty()) return "there is nothing between two commas, or behind the last";
    if (std::string hint = hint_of(part, seen); !hint.empty()) return hint;
    start = end + 1;
  }
  return "";
}

}  // namespace headroom
