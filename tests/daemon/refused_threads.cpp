#include "tests/daemon/refused_threads.h"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <limits>

namespace {

std::atomic<int> left = std::numeric_limits<int>::max();

}  // namespace

// Found before the C library's, which root can be kept from by no limit that ends with the test.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*begin)(void*),
                              void* argument) noexcept {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto create = reinterpret_cast<Create>(::dlsym(RTLD_NEXT, "pthread_create"));
  if (left != std::numeric_limits<int>::max() && left-- <= 0) return EAGAIN;
  return create(thread, attributes, begin, argument);
}

namespace headroom::test {

RefusedThreads::RefusedThreads(int granted) { left = granted; }
RefusedThreads::~RefusedThreads() { left = std::numeric_limits<int>::max(); }

}  // namespace headroom::test
