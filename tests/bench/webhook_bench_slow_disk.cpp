// Preloaded into a server by webhook_bench.sh: a disk whose syncs take WEBHOOK_BENCH_SYNC_MS longer.
#include <dlfcn.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>

namespace {

using Sync = int (*)(int);

void delay() {
  static const long kMilliseconds = [] {
    const char* text = std::getenv("WEBHOOK_BENCH_SYNC_MS");
    return text == nullptr ? 0L : std::strtol(text, nullptr, 10);
  }();
  timespec left{kMilliseconds / 1000, kMilliseconds % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

}  // namespace

extern "C" int fsync(int fd) {
  static const auto kReal = reinterpret_cast<Sync>(dlsym(RTLD_NEXT, "fsync"));
  delay();
  return kReal(fd);
}

extern "C" int fdatasync(int fd) {
  static const auto kReal = reinterpret_cast<Sync>(dlsym(RTLD_NEXT, "fdatasync"));
  delay();
  return kReal(fd);
}
