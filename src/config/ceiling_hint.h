#pragma once

#include <string>
#include <string_view>

namespace headroom {

// What is wrong with a capacity.ceiling that is none; empty: nothing that can be named.
std::string ceiling_hint(std::string_view text);

}  // namespace headroom
