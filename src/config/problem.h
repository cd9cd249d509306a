#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace headroom {

// Where a value was given.
struct ConfigPlace {
  static constexpr const char* kEnvironment = "environment";
  static constexpr const char* kCommandLine = "command line";

  std::string source;               // the file's path, or one of the above
  std::optional<std::size_t> line;  // in a file, from 1
};

// An error or a warning.
struct ConfigProblem {
  ConfigPlace place;
  std::string key;                   // as it was given, or what is missing; empty: a line that has none
  std::optional<std::string> value;  // never a secret, nor what could be one in the wrong place
  std::string allowed;               // empty where there is no list or range of values
  std::string message;               // all of it, for people: one line, with the place in front
  bool hidden = false;               // a secret that is there, and that who asks may not read
};

}  // namespace headroom
