#include "daemon/descriptor_budget.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(DescriptorBudget, WhatWasAskedForWhenThereIsEnough) {
  const DescriptorBudget budget = share_descriptors(131072, 4096, 8, 1);
  EXPECT_EQ(budget.webhook, 4096);
  EXPECT_EQ(budget.admin, 256);
  EXPECT_EQ(share_descriptors(INT64_MAX, 65536, 64, 1).webhook, 65536);
}

TEST(DescriptorBudget, KeepsAShareForTheDaemonItself) {
  for (const std::int64_t limit : {256, 1024, 4096}) {
    const DescriptorBudget budget = share_descriptors(limit, 65536, 8, 1);
    EXPECT_LE(budget.webhook + budget.admin + 100, limit) << limit;
    EXPECT_GT(budget.webhook, limit / 4) << limit;
  }
  const DescriptorBudget threads = share_descriptors(1024, 65536, 8, 16);
  EXPECT_LE(threads.webhook + threads.admin + fewest_descriptors(16), 1024);
}

TEST(DescriptorBudget, NeverNone) {
  EXPECT_EQ(share_descriptors(0, 4096, 8, 1).webhook, 16);
  EXPECT_EQ(share_descriptors(0, 4096, 8, 1).admin, 16);
}

TEST(DescriptorBudget, TheSoftLimitIsNoLimit) { EXPECT_EQ(raise_descriptor_limit(), raise_descriptor_limit()); }

}  // namespace
}  // namespace headroom
