#pragma once

#include <chrono>

namespace headroom::stored {

// Before a transaction is tried again that another was in the way of, for that many times now: somewhere between
// nothing and a limit that doubles with each try, so that two that met do not meet again.
std::chrono::milliseconds pause_after(int attempt);
void sleep_after(int attempt);

}  // namespace headroom::stored
