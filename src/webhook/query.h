#pragma once

#include <string>
#include <string_view>

#include "webhook/http_names.h"

namespace headroom::webhook {

// A parameter of the query: without a copy, because there are some for each request.
struct Parameter {
  const std::string* first = nullptr;
  int times = 0;
};

inline Parameter parameter(const Request& request, std::string_view name) {
  Parameter found;
  for (const auto& [key, value] : request.query) {
    if (key == name && found.times++ == 0) found.first = &value;
  }
  return found;
}

}  // namespace headroom::webhook
