#pragma once

#include <ostream>
#include <string_view>

#include "headroom/names.h"
#include "headroom/reason.h"

// A test says a reason as the contract does, by its word: so it also checks the word.
namespace headroom {

// Throws std::bad_optional_access when there is no such word.
inline Reason reason(std::string_view word) { return named<Reason>(word).value(); }
inline bool operator==(const Reason& reason, std::string_view word) { return name_of(reason) == word; }
inline std::ostream& operator<<(std::ostream& out, const Reason& reason) {
  return out << '"' << name_of(reason) << '"';
}

}  // namespace headroom
