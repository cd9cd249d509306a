#include "http/sha256.h"

#include <gtest/gtest.h>

namespace headroom::http {
namespace {

// FIPS 180-2, appendix B; and the parts are one text.
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex({"abc"}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex({"a", "", "bc"}), sha256_hex({"abc"}));
  EXPECT_EQ(sha256({"abc"})[0], 0xba);
}

}  // namespace
}  // namespace headroom::http
