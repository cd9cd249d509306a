// model_check: the ten promises of a pruning run, checked in random worlds in virtual time.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "tests/model/quick_vfs.h"
#include "tests/model/simulation.h"
#include "tests/storage/temp_dir.h"

namespace {

struct Arguments {
  std::uint64_t first = 1;
  std::uint64_t worlds = 1000;
  long seconds = 0;  // 0: no limit
  bool verbose = false;
};

bool parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--verbose") {
      arguments.verbose = true;
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

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    std::fprintf(stderr, "usage: model_check [--first N] [--worlds N] [--seconds N] | --seed N [--verbose]\n");
    return 64;
  }
  headroom::model::register_quick_vfs();
  const headroom::test::TempDir folder;
  const std::string template_path = headroom::model::make_template(folder.path());
  const auto start = std::chrono::steady_clock::now();
  headroom::model::Verdict total;
  std::uint64_t worlds = 0;
  for (std::uint64_t seed = arguments.first; worlds < arguments.worlds; ++seed) {
    const auto passed = std::chrono::steady_clock::now() - start;
    if (arguments.seconds != 0 && passed > std::chrono::seconds(arguments.seconds)) break;
    headroom::model::Simulation simulation(seed, template_path, arguments.verbose);
    const headroom::model::Verdict verdict = simulation.run();
    ++worlds;
    total.sends += verdict.sends;
    total.steps += verdict.steps;
    total.deaths += verdict.deaths;
    if (verdict.violation.empty()) continue;
    std::printf("seed %llu breaks promise %s\nreplay: %s --seed %llu --verbose\n",
                static_cast<unsigned long long>(seed), verdict.violation.c_str(), argv[0],
                static_cast<unsigned long long>(seed));
    return 1;
  }
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  std::printf("%llu worlds, %lld delete calls, %lld deaths of the daemon, %lld steps, %.1f s: every promise was kept\n",
              static_cast<unsigned long long>(worlds), static_cast<long long>(total.sends),
              static_cast<long long>(total.deaths), static_cast<long long>(total.steps), passed.count());
  return 0;
}
