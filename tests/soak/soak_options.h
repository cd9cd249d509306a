#pragma once

#include <chrono>
#include <cstdint>

namespace headroom::soak {

// --rounds N --seconds S --senders K --seed X: it ends after so many rounds or so long, whatever comes first.
struct SoakOptions {
  std::int64_t rounds = 1000;
  std::int64_t seconds = 60;
  int senders = 4;
  std::uint64_t seed = 0;  // chosen by the clock when it is not given

  std::chrono::steady_clock::time_point until() const {
    return std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  }
};

// `rounds_name`: what a round is called, "--kills" for example. Throws std::invalid_argument.
SoakOptions parse_soak_options(int argc, char** argv, const char* rounds_name);

}  // namespace headroom::soak
