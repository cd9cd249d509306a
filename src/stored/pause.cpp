#include "stored/pause.h"

#include <random>
#include <thread>

namespace headroom::stored {
namespace {

constexpr int kFirstMs = 10;

}  // namespace

std::chrono::milliseconds pause_after(int attempt) {
  static thread_local std::minstd_rand dice{std::random_device{}()};
  return std::chrono::milliseconds(std::uniform_int_distribution<int>(1, kFirstMs << attempt)(dice));
}

void sleep_after(int attempt) { std::this_thread::sleep_for(pause_after(attempt)); }

}  // namespace headroom::stored
