#include "config/regions.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(Region, KnowsEveryDataCentre) {
  const std::pair<const char*, const char*> expected[] = {
      {"china", "https://console.tim.qq.com"},
      {"singapore", "https://adminapisgp.im.qcloud.com"},
      {"seoul", "https://adminapikr.im.qcloud.com"},
      {"tokyo", "https://adminapijpn.im.qcloud.com"},
      {"frankfurt", "https://adminapiger.im.qcloud.com"},
      {"silicon-valley", "https://adminapiusa.im.qcloud.com"},
      {"jakarta", "https://adminapiidn.im.qcloud.com"},
      {"riyadh", "https://adminapiksa.im.qcloud.com"},
  };
  for (const auto& [region, url] : expected) EXPECT_EQ(base_url_of_region(region), url);
}

TEST(Region, GuessesNothing) {
  for (const char* unknown : {"", "China", "china ", "chin", "mumbai", "silicon valley"}) {
    EXPECT_EQ(base_url_of_region(unknown), std::nullopt) << unknown;
  }
}

}  // namespace
}  // namespace headroom
