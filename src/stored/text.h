#pragma once

#include <string>
#include <string_view>

namespace headroom::stored {

// What a store keeps as text is UTF-8 without NUL, whichever store it is: PostgreSQL has no other. Ids are so before
// they come here; in a group's name, which Chat gives as it likes, what is neither becomes U+FFFD.
bool is_storable(std::string_view text);
std::string storable(std::string_view text);

}  // namespace headroom::stored
