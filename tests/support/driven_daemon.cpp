// A file for each test program: each drives a daemon of its own.
#include "tests/support/places.h"

namespace headroom::test {

const char* daemon_program() { return DAEMON_PROGRAM; }

}  // namespace headroom::test
