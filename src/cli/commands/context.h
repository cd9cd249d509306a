#pragma once

#include <iosfwd>
#include <string>

#include "cli/error_lines.h"
#include "cli/parse.h"
#include "config/config.h"

namespace headroom {

// What a subcommand gets: the command line and a configuration that has what it needs.
struct CommandContext {
  const Invocation& invocation;
  const Config& config;
  std::ostream& out;
  const ErrorLines& err;
  std::istream& in;
};

// What the subcommand needs of the configuration.
ConfigNeeds needs_of(const Invocation& invocation);

}  // namespace headroom
