// model_check: the ten promises of a pruning run, checked in random worlds in virtual time.
#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/model/simulation.h"

namespace {

constexpr const char* kUsage =
    "usage: model_check [--first N] [--worlds N] [--seconds N] [--survey]\n"
    "       model_check --seed N [--verbose]\n"
    "\n"
    "Carries the daemon through random worlds, one for each seed from --first (1) on, --worlds (1000) of them or for\n"
    "--seconds, and prints what they have met. Ends with 1 at the first broken promise, with the command that replays\n"
    "it, or when 5000 worlds and more have met too little; --survey goes on behind broken promises, and names each;\n"
    "--verbose tells the story of a world.\n";

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t worlds = 1000;
  long seconds = 0;  // 0: no limit
  bool verbose = false;
  bool survey = false;
  bool help = false;
};

bool parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--verbose" || name == "--help" || name == "--survey") {
      (name == "--help" ? arguments.help : name == "--survey" ? arguments.survey : arguments.verbose) = true;
      continue;
    }
    if (++i == argc) return false;
    const std::uint64_t value = std::strtoull(argv[i], nullptr, 10);
    if (name == "--seed") {
      arguments.first = value;
      arguments.worlds = 1;
    } else if (name == "--first") {
      arguments.first = value;
    } else if (name == "--worlds") {
      arguments.worlds = value;
    } else if (name == "--seconds") {
      arguments.seconds = static_cast<long>(value);
    } else {
      return false;
    }
  }
  return true;
}

// Worlds are short: memory that one gives back is what the next one asks for, and nothing of theirs has to be on a
// disk.
void go_fast() {
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  mallopt(M_TOP_PAD, 16 << 20);
  if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    std::fputs(kUsage, stderr);
    return 64;
  }
  if (arguments.help) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  go_fast();
  headroom::model::Store store;
  const auto start = std::chrono::steady_clock::now();
  headroom::model::Verdict total;
  std::uint64_t worlds = 0;
  std::uint64_t broken = 0;
  for (std::uint64_t seed = arguments.first; worlds < arguments.worlds; ++seed) {
    const auto passed = std::chrono::steady_clock::now() - start;
    if (arguments.seconds != 0 && passed > std::chrono::seconds(arguments.seconds)) break;
    headroom::model::Simulation simulation(seed, store, arguments.verbose);
    const headroom::model::Verdict verdict = simulation.run();
    ++worlds;
    total.sends += verdict.sends;
    total.steps += verdict.steps;
    total.deaths += verdict.deaths;
    total.coverage.add(verdict.coverage);
    if (verdict.violation.empty()) continue;
    ++broken;
    std::printf("seed %llu breaks promise %s\nreplay: %s --seed %llu --verbose\n",
                static_cast<unsigned long long>(seed), verdict.violation.c_str(), argv[0],
                static_cast<unsigned long long>(seed));
    if (!arguments.survey) return 1;
  }
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  std::printf("%llu worlds, %lld delete calls, %lld deaths of the daemon, %lld steps, %.1f s: ",
              static_cast<unsigned long long>(worlds), static_cast<long long>(total.sends),
              static_cast<long long>(total.deaths), static_cast<long long>(total.steps), passed.count());
  if (broken == 0) std::printf("every promise was kept\n");
  if (broken != 0) std::printf("promises were broken in %llu\n", static_cast<unsigned long long>(broken));
  total.coverage.print();
  return total.coverage.suffices(worlds) && broken == 0 ? 0 : 1;
}
