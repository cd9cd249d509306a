#pragma once

#include <string>
#include <string_view>

#include "headroom/reason.h"

// What people are told about a reason: what it means, and what to do about it.
namespace headroom {

struct Explanation {
  std::string what;
  std::string hint;  // empty: there is nothing to do
};

// A reason of a run, a sweep, a blocked group or a pause ("members_missing", "chat_error_70009", "clock_skew"). One
// without words is its own explanation.
Explanation explain(std::string_view reason);
Explanation explain(const Reason& reason);

// The public error codes of Chat [34348]; both empty for one that is not known.
struct CodeWords {
  std::string_view what;
  std::string_view hint;
};
CodeWords words_of(int chat_error);

}  // namespace headroom
