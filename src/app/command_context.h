#pragma once

#include <iosfwd>
#include <string>

#include "app/cli_parse.h"
#include "app/config.h"

namespace headroom {

// What a subcommand gets: the command line and a configuration that has what it needs.
struct CommandContext {
  const Invocation& invocation;
  const Config& config;
  std::ostream& out;
  std::ostream& err;
};

// One line of the kind that every error of headroomd has.
void print_error(std::ostream& err, const std::string& text);

// What the subcommand needs of the configuration.
ConfigNeeds needs_of(const Invocation& invocation);

}  // namespace headroom
