#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// For messages alone: names are never guessed.
namespace headroom {

// Letters to change, to add or to leave out.
std::size_t edit_distance(std::string_view a, std::string_view b);
// Capitals are no difference.
std::string in_small_letters(std::string_view text);

// That of some words that somebody who wrote `given` may have meant. Empty when none is near.
std::string nearest_word(std::string_view given, const std::vector<std::string_view>& words);

}  // namespace headroom
