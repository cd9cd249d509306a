#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "headroom/group.h"

namespace headroom::stored {

inline constexpr std::size_t kUnconfirmedEvery = 5;

// Of every five, four are of those that Chat confirmed: a flood of forged ones delays them little, and they do not keep
// a new group waiting. Whoever is few leaves the rest to the others. Any first part of the result is shared like that.
inline std::vector<Group> shared_turns(std::vector<Group> confirmed, std::vector<Group> unconfirmed,
                                       std::size_t wanted) {
  std::vector<Group> groups;
  std::size_t first = 0;   // of the confirmed that is left
  std::size_t second = 0;  // of the others
  while (groups.size() < wanted && (first < confirmed.size() || second < unconfirmed.size())) {
    const bool turn_of_unconfirmed = groups.size() % kUnconfirmedEvery == kUnconfirmedEvery - 1;
    const bool take_unconfirmed = first == confirmed.size() || (turn_of_unconfirmed && second < unconfirmed.size());
    groups.push_back(std::move(take_unconfirmed ? unconfirmed[second++] : confirmed[first++]));
  }
  return groups;
}

}  // namespace headroom::stored
