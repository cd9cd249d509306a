// Preloaded into the load generator by webhook_bench.sh: counts the connections that it opens, and writes the number to
// the file that WEBHOOK_BENCH_OPENS names when it ends. A server that closes after each answer has to be seen: its rate
// is that of TCP's handshakes.
#include <dlfcn.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace {

using Connect = int (*)(int, const sockaddr*, socklen_t);

class Opens {
 public:
  ~Opens() {
    const char* path = std::getenv("WEBHOOK_BENCH_OPENS");
    std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "w");
    if (file == nullptr) return;
    std::fprintf(file, "%ld\n", count.load());
    std::fclose(file);
  }

  std::atomic<long> count{0};
};

Opens opens;

}  // namespace

extern "C" int connect(int fd, const sockaddr* address, socklen_t length) {
  static const auto kReal = reinterpret_cast<Connect>(dlsym(RTLD_NEXT, "connect"));
  const int family = address->sa_family;
  if (family == AF_INET || family == AF_INET6) ++opens.count;
  return kReal(fd, address, length);
}
