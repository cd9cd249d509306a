#pragma once

#include <string>
#include <variant>

namespace headroom {

// Why a request of an operator was not done, and a sentence about it. What that is in HTTP, the admin API knows.
struct Denied {
  enum Kind {
    kInvalid,      // nobody could do what was asked
    kNotFound,     // there is no such thing
    kConflict,     // not as things are now
    kKeyReused,    // the key of another request
    kUnavailable,  // not now: again later
    kTimeout,      // Chat did not answer in time
    kFailed        // a bug
  };
  Kind kind = kConflict;
  std::string detail;
};
template <typename T>
using Result = std::variant<T, Denied>;

}  // namespace headroom
