#pragma once

#include <string>
#include <string_view>

namespace headroom {

// The known key that somebody who wrote `key` may have meant: a slip of the pen, or the right name in another section.
// Empty when none is near. Only for messages: names are never guessed.
std::string nearest_key(std::string_view key);
// The same for a variable of the environment.
std::string nearest_variable(std::string_view name);

// Whether the first word after HEADROOM_ is a section of ours; another one's variable is none of our business.
bool is_of_our_sections(std::string_view variable);

}  // namespace headroom
