#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

std::vector<std::string_view> region_names();
// Where the REST API of an app's data centre is [34620]; nullopt for a name that is none.
std::optional<std::string> base_url_of_region(std::string_view region);

}  // namespace headroom
