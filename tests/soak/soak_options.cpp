#include "tests/soak/soak_options.h"

#include <random>
#include <stdexcept>
#include <string>

namespace headroom::soak {
namespace {

constexpr std::int64_t kMaxRounds = 1'000'000;
constexpr std::int64_t kMaxSeconds = 24 * 3600;
constexpr std::int64_t kMaxSenders = 64;

std::int64_t number(const std::string& name, const std::string& text, std::int64_t max) {
  std::size_t used = 0;
  const std::int64_t value = std::stoll(text, &used);
  if (used != text.size() || value < 1 || value > max)
    throw std::invalid_argument(name + ": 1 to " + std::to_string(max));
  return value;
}

}  // namespace

SoakOptions parse_soak_options(int argc, char** argv, const char* rounds_name) {
  SoakOptions options;
  options.seed = std::random_device{}();
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 >= argc) throw std::invalid_argument(name + " needs a value");
    const std::string value = argv[i + 1];
    if (name == rounds_name) {
      options.rounds = number(name, value, kMaxRounds);
    } else if (name == "--seconds") {
      options.seconds = number(name, value, kMaxSeconds);
    } else if (name == "--senders") {
      options.senders = static_cast<int>(number(name, value, kMaxSenders));
    } else if (name == "--seed") {
      options.seed = std::stoull(value);
    } else {
      throw std::invalid_argument(std::string("options: ") + rounds_name + " N --seconds S --senders K --seed X");
    }
  }
  return options;
}

}  // namespace headroom::soak
