#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The known key that somebody who wrote `key` may have meant: a slip of the pen, or the right name in another section.
// Empty when none is near. Only for messages: names are never guessed.
std::string nearest_key(std::string_view key);
// The same for a variable of the environment.
std::string nearest_variable(std::string_view name);

// The same for one of some words, as a value is.
std::string nearest_word(std::string_view given, const std::vector<std::string_view>& words);

// Whether the first word after HEADROOM_ is a section of ours; another one's variable is none of our business.
bool is_of_our_sections(std::string_view variable);

}  // namespace headroom
