#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "headroom/globs.h"

namespace headroom {

// Chat's types of groups in which members can be removed, by whichever of their names.
enum class GroupType { kPrivate, kPublic, kChatRoom, kCommunity };
inline constexpr int kGroupTypes = 4;
// "Work" is kPrivate, "Meeting" kChatRoom; nullopt for a type that headroom never touches.
std::optional<GroupType> group_type(std::string_view name);
std::string_view name_of(GroupType value);  // Private Public ChatRoom Community

class GroupTypes {
 public:
  constexpr GroupTypes() = default;
  static GroupTypes all();
  // "Private, Work, Public"; nullopt for a word that is no type, and for none at all.
  static std::optional<GroupTypes> parse(std::string_view text);

  bool contains(GroupType type) const { return ((bits_ >> static_cast<unsigned>(type)) & 1U) != 0; }
  void add(GroupType type) { bits_ |= 1U << static_cast<unsigned>(type); }
  std::string text() const;  // "Private, Public"
  bool operator==(const GroupTypes&) const = default;

 private:
  unsigned bits_ = 0;
};

// Which groups are an operator's to prune.
struct Scope {
  Globs only_groups;    // empty: all
  Globs except_groups;  // wins
  GroupTypes types = GroupTypes::all();

  // No type: one that headroom never touches.
  bool contains(std::string_view group_id, std::optional<GroupType> type) const;
  bool operator==(const Scope&) const = default;
};

}  // namespace headroom
