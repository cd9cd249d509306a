#include "ctl/output.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "text/units.h"

namespace headroom::ctl {
namespace {

constexpr std::size_t kBlock = 64 * 1024;
constexpr std::size_t kUsualColumns = 80;
constexpr std::int64_t kMostColumns = 100000;

}  // namespace

Output::Output(int fd, std::optional<std::size_t> columns)
    : fd_(fd), terminal_(::isatty(fd) == 1), given_columns_(columns) {}

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

void Output::wait(std::chrono::milliseconds time) {
  pollfd watched{fd_, 0, 0};
  if (::poll(&watched, 1, static_cast<int>(time.count())) <= 0 || error_ != 0) return;
  if ((watched.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) error_ = EPIPE;
}

std::optional<std::size_t> columns_of(std::string_view variable) {
  const auto columns = parse_count(variable);
  if (!columns || *columns < 1 || *columns > kMostColumns) return std::nullopt;
  return static_cast<std::size_t>(*columns);
}

std::optional<std::size_t> Output::columns() const {
  if (!terminal_) return std::nullopt;
  if (given_columns_) return given_columns_;
  winsize size{};
  const bool known = ::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kUsualColumns;
}

}  // namespace headroom::ctl
