#include "text/hex.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(Hex, ThereAndBack) {
  const std::string all(
      "\x00\x01\x7f\x80\xff"
      "a",
      6);
  EXPECT_EQ(hex_of(all), "00017f80ff61");
  EXPECT_EQ(bytes_of_hex("00017f80ff61"), all);
  EXPECT_EQ(hex_of(""), "");
  EXPECT_EQ(bytes_of_hex(""), "");
  EXPECT_EQ(hex_of(std::array<std::uint8_t, 2>{0x0a, 0xf0}), "0af0");
}

TEST(Hex, WhatIsNone) {
  for (const char* wrong : {"0", "0g", "g0", "0A", "00 0", "0x"}) EXPECT_EQ(bytes_of_hex(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace headroom
