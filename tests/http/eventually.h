#pragma once

#include <chrono>
#include <thread>

#include "tests/support/raw_client.h"

namespace headroom::http {

// Whether it comes true while a client would wait for it.
template <typename Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + RawClient::kPatience;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return condition();
}

}  // namespace headroom::http
