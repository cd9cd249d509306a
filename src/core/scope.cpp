#include "headroom/scope.h"

#include <algorithm>
#include <array>

#include "text/units.h"

namespace headroom {
namespace {

struct Name {
  std::string_view word;
  GroupType type;
};
// Of each type the one that Chat's server writes comes first.
constexpr std::array kNames{Name{"Private", GroupType::kPrivate},   Name{"Public", GroupType::kPublic},
                            Name{"ChatRoom", GroupType::kChatRoom}, Name{"Community", GroupType::kCommunity},
                            Name{"Work", GroupType::kPrivate},      Name{"Meeting", GroupType::kChatRoom}};

}  // namespace

std::optional<GroupType> group_type(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name, &Name::word);
  return found == kNames.end() ? std::nullopt : std::optional(found->type);
}

std::string_view name_of(GroupType value) { return std::ranges::find(kNames, value, &Name::type)->word; }

GroupTypes GroupTypes::all() {
  GroupTypes types;
  for (int i = 0; i < kGroupTypes; ++i) types.add(static_cast<GroupType>(i));
  return types;
}

std::optional<GroupTypes> GroupTypes::parse(std::string_view text) {
  GroupTypes types;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(',', start), text.size());
    const auto type = group_type(trim(text.substr(start, end - start)));
    if (!type) return std::nullopt;
    types.add(*type);
    start = end + 1;
  }
  return types;
}

std::string GroupTypes::text() const {
  std::string all;
  for (int i = 0; i < kGroupTypes; ++i) {
    const auto type = static_cast<GroupType>(i);
    if (contains(type)) all.append(all.empty() ? "" : ", ").append(name_of(type));
  }
  return all;
}

bool Scope::contains(std::string_view group_id, std::optional<GroupType> type) const {
  if (!type || !types.contains(*type) || except_groups.match(group_id)) return false;
  return only_groups.empty() || only_groups.match(group_id);
}

}  // namespace headroom
