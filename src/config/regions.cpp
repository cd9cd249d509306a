#include "config/regions.h"

#include <array>
#include <utility>

namespace headroom {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kRegions = {{
    {"china", "console.tim.qq.com"},
    {"singapore", "adminapisgp.im.qcloud.com"},
    {"seoul", "adminapikr.im.qcloud.com"},
    {"tokyo", "adminapijpn.im.qcloud.com"},
    {"frankfurt", "adminapiger.im.qcloud.com"},
    {"silicon-valley", "adminapiusa.im.qcloud.com"},
    {"jakarta", "adminapiidn.im.qcloud.com"},
    {"riyadh", "adminapiksa.im.qcloud.com"},
}};

}  // namespace

std::vector<std::string_view> region_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, host] : kRegions) names.push_back(name);
  return names;
}

std::optional<std::string> base_url_of_region(std::string_view region) {
  for (const auto& [name, host] : kRegions) {
    if (name == region) return "https://" + std::string(host);
  }
  return std::nullopt;
}

}  // namespace headroom
