// Preloaded into a server by webhook_bench.sh: a disk whose syncs take WEBHOOK_BENCH_SYNC_MS, or as long as they really
// do where that is longer.
#include <dlfcn.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>

namespace {

using Sync = int (*)(int);

constexpr long kNanosecondsPerSecond = 1000000000;

// The real sync, and then what is missing to the end of the time that it has to take.
int slow_sync(Sync real, int fd) {
  static const long kMilliseconds = [] {
    const char* text = std::getenv("WEBHOOK_BENCH_SYNC_MS");
    return text == nullptr ? 0L : std::strtol(text, nullptr, 10);
  }();
  timespec end{};
  ::clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += kMilliseconds / 1000;
  end.tv_nsec += kMilliseconds % 1000 * 1000000;
  if (end.tv_nsec >= kNanosecondsPerSecond) {
    end.tv_nsec -= kNanosecondsPerSecond;
    ++end.tv_sec;
  }
  const int result = real(fd);
  const int error = errno;
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, nullptr) == EINTR) {
  }
  errno = error;
  return result;
}

}  // namespace

extern "C" int fsync(int fd) {
  static const auto kReal = reinterpret_cast<Sync>(dlsym(RTLD_NEXT, "fsync"));
  return slow_sync(kReal, fd);
}

extern "C" int fdatasync(int fd) {
  static const auto kReal = reinterpret_cast<Sync>(dlsym(RTLD_NEXT, "fdatasync"));
  return slow_sync(kReal, fd);
}
