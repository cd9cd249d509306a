#pragma once

#include <string_view>

namespace headroom {

// Whether text that a JSON parser decoded holds half a surrogate pair. RapidJSON takes the escape of a second half
// alone ("\udc00") for a character; what comes out is no UTF-8, so that no JSON could carry it on.
inline bool has_lone_surrogate(std::string_view decoded) {
  for (std::size_t i = 0; i + 1 < decoded.size(); ++i) {
    if (decoded[i] == '\xED' && static_cast<unsigned char>(decoded[i + 1]) >= 0xA0) return true;
  }
  return false;
}

}  // namespace headroom
