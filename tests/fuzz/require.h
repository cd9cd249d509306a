#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace headroom {

[[noreturn]] inline void fail_claim(const char* file, int line, const char* claim) {
  std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
  std::abort();
}

}  // namespace headroom

// What a fuzz target claims about every input; libFuzzer keeps the one that breaks it.
#define REQUIRE(claim) ((claim) ? static_cast<void>(0) : headroom::fail_claim(__FILE__, __LINE__, #claim))

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
