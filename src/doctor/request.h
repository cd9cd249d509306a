#pragma once

#include <string>
#include <vector>

namespace headroom::doctor {

struct Request {
  std::vector<std::string> only;  // names of checks; empty: all
  std::string callback_url;       // empty: no webhook is sent
};

}  // namespace headroom::doctor
