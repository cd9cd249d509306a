#pragma once

#include <stdexcept>

#include "app/config.h"

namespace headroom {

// The daemon could not start for a reason outside it, such as a taken port.
class StartFailure : public std::runtime_error {
 public:
  // Whether starting again may mend it: a port becomes free, a permission does not come by itself.
  enum class Kind { kTransient, kPermission };
  StartFailure(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

// Runs the daemon with a configuration that has no errors until SIGTERM, SIGINT or a failed disk. Returns the exit
// status; throws what App's constructor does.
int serve(const ConfigResult& loaded);

}  // namespace headroom
