#pragma once

#include <cstdint>

namespace headroom::soak {

// How long the threads of this process have been ready and without a core, all together, in nanoseconds: what the
// machine has cost them, as the kernel counts it. 0 where the kernel does not say.
std::int64_t waited_for_a_core_ns();

}  // namespace headroom::soak
