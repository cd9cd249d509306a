#include "postgres/again.h"

#include <random>
#include <thread>

namespace headroom::postgres {
namespace {

constexpr int kFirstMs = 10;

}  // namespace

std::chrono::milliseconds pause_before(int attempt) {
  static thread_local std::minstd_rand dice{std::random_device{}()};
  return std::chrono::milliseconds(std::uniform_int_distribution<int>(1, kFirstMs << attempt)(dice));
}

void sleep_for(std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); }

}  // namespace headroom::postgres
