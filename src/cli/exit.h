#pragma once

#include <stdexcept>
#include <string>

namespace headroom {

// Exit status of every subcommand.
namespace exit_status {
inline constexpr int kOk = 0;
inline constexpr int kFailure = 1;         // at run time: a taken port, a failed disk, a corrupt database
inline constexpr int kUsage = 64;          // unknown command or option
inline constexpr int kInternal = 70;       // a bug
inline constexpr int kHeld = 75;           // another daemon holds the database
inline constexpr int kConfiguration = 78;  // what a restart can not mend
}  // namespace exit_status

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

}  // namespace headroom
