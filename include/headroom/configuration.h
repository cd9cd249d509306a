#pragma once

#include <string>
#include <vector>

namespace headroom {

// The configuration in force, for people. No secret is in it.
struct Configuration {
  struct Key {
    std::string name;   // "scheduler.mode"
    std::string value;  // written as in the file; empty: none
    std::string fallback;
    bool reloadable = false;  // a reload takes it over; the others need a restart
    bool operator==(const Key&) const = default;
  };
  struct SecretKept {
    std::string name;  // "webhook-token"
    bool in_force = false;
    bool operator==(const SecretKept&) const = default;
  };
  std::string file;
  std::vector<Key> keys;
  std::vector<SecretKept> secrets;
  std::vector<std::string> needs_restart;  // keys that the last reload found changed, and that it could not take over
};

}  // namespace headroom
