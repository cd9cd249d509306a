#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/denied.h"
#include "headroom/exemption.h"

namespace headroom::admin {

inline constexpr std::size_t kMaxExemptionItems = 1000;

// {"items":[{"kind","id","reason","expires_at"},…]}: at least one, no subject twice. A Denied names the item.
Result<std::vector<Exemption>> parse_exemption_items(std::string_view body, TimeMs now);

}  // namespace headroom::admin
