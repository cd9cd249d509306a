#include "cli/error_lines.h"

#include <gtest/gtest.h>

#include <sstream>

namespace headroom {
namespace {

TEST(ErrorLines, OneErrorIsOneLineThatNoTerminalObeys) {
  std::ostringstream out;
  ErrorLines(out, false).error("no \x1b[31m\xC2\x9B\xFF\nfile caf\xC3\xA9");
  EXPECT_EQ(out.str(), "headroomd: no  [31m ? file caf\xC3\xA9\n");
}

}  // namespace
}  // namespace headroom
