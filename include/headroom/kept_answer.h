#pragma once

#include <string>

#include "headroom/types.h"

namespace headroom {

// A request that may be repeated without being done twice: what its Idempotency-Key stands for.
struct RequestKey {
  std::string token;    // the name of the token that sent it: everybody has keys of their own
  std::string key;      // as the client chose it
  std::string request;  // digest of the method, the path and the body: 64 hexadecimal digits
};

// The answer that its repeats get.
struct KeptAnswer {
  std::string request;  // the digest of the one that it answered
  int status = 0;
  std::string location;  // empty: none
  std::string body;
};

inline constexpr DurationMs kAnswersKept = kDayMs;
inline constexpr std::int64_t kMaxKeptAnswers = 100000;

}  // namespace headroom
