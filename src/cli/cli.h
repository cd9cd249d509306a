#pragma once

#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "cli/error_lines.h"
#include "config/config.h"

namespace headroom {

// What the command line touches of the world beside files.
struct CliWorld {
  std::map<std::string, std::string> environment;
  std::ostream& out;
  ErrorLines err;
  std::function<int(const ConfigResult&)> serve;  // returns the exit status
  // Where systemd takes the unit's credentials from, the first that has one.
  std::vector<std::string> credential_stores = {"/etc/credstore", "/run/credstore"};
  std::istream& in = std::cin;
};

// `arguments` without the program's name. Returns the exit status; never throws.
int run_cli(const std::vector<std::string>& arguments, const CliWorld& world);

}  // namespace headroom
