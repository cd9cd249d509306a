#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ctl/command.h"

namespace headroom::ctl {

// A command line that has been read.
struct Invocation {
  const Command* command = nullptr;            // none with --help or --version alone
  std::vector<std::string> words;              // what follows its name
  std::map<std::string, std::string> options;  // by name; those without a value have an empty one

  bool has(const std::string& name) const { return options.contains(name); }
  std::optional<std::string> value(const std::string& name) const {
    const auto found = options.find(name);
    return found == options.end() ? std::nullopt : std::optional(found->second);
  }
};

}  // namespace headroom::ctl
