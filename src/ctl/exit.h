#pragma once

#include <stdexcept>
#include <string>

namespace headroom::ctl {

// Exit status of every command.
namespace exit_status {
inline constexpr int kOk = 0;
inline constexpr int kRefused = 1;       // the daemon said no, or somebody at the terminal; or nothing could be written
inline constexpr int kUsage = 64;        // a command line, or a file to import, that is none
inline constexpr int kUnreachable = 69;  // no daemon answers there, or not within its time
inline constexpr int kNoAccess = 77;     // no token, a wrong one, or a role that may not
}  // namespace exit_status

// Why a command ends, in words for people.
class Failure : public std::runtime_error {
 public:
  Failure(int status, const std::string& what) : std::runtime_error(what), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

}  // namespace headroom::ctl
