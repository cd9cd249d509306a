#include "ctl/output.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace headroom::ctl {
namespace {

constexpr std::size_t kBlock = 64 * 1024;
constexpr std::size_t kUsualColumns = 80;

}  // namespace

Output::Output(int fd) : fd_(fd), terminal_(::isatty(fd) == 1) {}

void Output::write(std::string_view text) {
  if (error_ != 0) return;
  waiting_ += text;
  if (waiting_.size() >= kBlock) flush();
}

void Output::flush() {
  std::string_view rest = waiting_;
  while (!rest.empty() && error_ == 0) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd ready{fd_, POLLOUT, 0};
      ::poll(&ready, 1, -1);  // as long as its reader takes, as for any program in a pipe
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  waiting_.clear();
}

std::optional<std::size_t> Output::columns() const {
  if (!terminal_) return std::nullopt;
  winsize size{};
  const bool known = ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kUsualColumns;
}

}  // namespace headroom::ctl
